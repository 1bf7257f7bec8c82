package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class RunningStateTest {
    // A few roundings of numbers near 1
    private static final double ROUNDING = 1e-14;

    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);

    private static NeuralNetConfiguration.Builder global() {
        return SmallNets.global(DataType.DOUBLE, new NoOp());
    }

    private static ComputationGraph net(NeuralNetConfiguration.Builder global) {
        return net(new ProbeLayer.Builder(), global);
    }

    /** Starts off centre, so that a step that scales the statistic itself shows. */
    private static ComputationGraph net(ProbeLayer.Builder layer, NeuralNetConfiguration.Builder global) {
        ComputationGraph net = ProbeNets.around(layer.build(), global);
        net.getParam("layer_mean").assign(-3);
        return net;
    }

    /** decay * old + (1 - decay) * batch mean of h, for the parameters before the step. */
    private INDArray expected(ComputationGraph net) {
        INDArray x = net.feedForward(batch.getFeatures(), false).get("before");
        INDArray h = x.mmul(net.getParam("layer_W")).addiRowVector(net.getParam("layer_b"));
        return net.getParam("layer_mean").mul(ProbeLayer.DECAY).add(h.mean(0).mul(1 - ProbeLayer.DECAY));
    }

    private void assertOneStepFollowsTheRule(ComputationGraph net) {
        INDArray expected = expected(net);
        net.fit(batch);
        assertThat(net.getParam("layer_mean")).isWithin(ROUNDING, expected);
    }

    static Stream<Named<Consumer<NeuralNetConfiguration.Builder>>> settings() {
        Map<String, Consumer<NeuralNetConfiguration.Builder>> settings = new TreeMap<>();
        settings.put("no updater", g -> {});
        settings.put("SGD", g -> g.updater(new Sgd(0.3)));
        settings.put("Adam", g -> g.updater(new Adam(0.3)));
        settings.put("bias updater", g -> g.biasUpdater(new Sgd(10)));
        settings.put("no division by the mini-batch", g -> g.miniBatch(false));
        settings.put("L1 and L2", g -> g.l1(0.5).l2(0.5).l1Bias(0.5).l2Bias(0.5));
        settings.put("weight decay", g -> g.weightDecay(0.5).weightDecayBias(0.5));
        settings.put("weight constraint", g -> g.constrainWeights(new MaxNormConstraint(0.01, 0)));
        settings.put("bias constraint", g -> g.constrainBias(new NonNegativeConstraint()));
        settings.put("constraint of all", g -> g.constrainAllParameters(new NonNegativeConstraint()));
        return settings.entrySet().stream().map(e -> Named.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void noSettingOfTheNetworkTouchesTheRule(Consumer<NeuralNetConfiguration.Builder> setting) {
        NeuralNetConfiguration.Builder global = global();
        setting.accept(global);
        assertOneStepFollowsTheRule(net(global));
    }

    @ParameterizedTest
    @EnumSource(GradientNormalization.class)
    void noGradientNormalizationTouchesTheRule(GradientNormalization mode) {
        assertOneStepFollowsTheRule(net(global().gradientNormalization(mode).gradientNormalizationThreshold(1e-3)));
    }

    @Test
    void aConstraintOfAllTheLayersParametersDoesNotTouchTheRule() {
        assertOneStepFollowsTheRule(
                net(new ProbeLayer.Builder().constrainAllParameters(new NonNegativeConstraint()), global()));
    }

    @Test
    void inferenceLeavesItAlone() {
        ComputationGraph net = net(global());
        INDArray before = net.getParam("layer_mean").dup();
        net.outputSingle(batch.getFeatures());
        assertThat(net.getParam("layer_mean")).isEqualTo(before);
    }

    @Test
    void scoringLeavesItAlone() {
        ComputationGraph net = net(global());
        INDArray before = net.getParam("layer_mean").dup();
        net.score(batch, true);
        assertThat(net.getParam("layer_mean")).isEqualTo(before);
    }

    @Test
    void itIsAParameterLikeAnyOther() {
        assertThat(net(global()).paramTable()).containsKey("layer_mean");
    }

    @Test
    void itHasNoNamedGradientThatListenersOrClippingCouldSee() {
        ComputationGraph net = net(global());
        net.fit(batch);
        assertThat(net.gradient().gradientForVariable()).doesNotContainKey("layer_mean");
    }
}
