package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

@ExtendWith(DoublePrecision.class)
class GlobalSettingsTest {
    // Differences of numbers near 1 that double rounds at 1e-16
    private static final double ROUNDING = 1e-14;

    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);

    private static NeuralNetConfiguration.Builder global() {
        return SmallNets.global(DataType.DOUBLE, new NoOp());
    }

    private static ComputationGraph net(NeuralNetConfiguration.Builder global) {
        return ProbeNets.around(new ProbeLayer.Builder().build(), global);
    }

    private static SameDiffBlock conf(ComputationGraph net) {
        return (SameDiffBlock) net.getLayer("layer").conf().getLayer();
    }

    /** What one training step takes off a parameter, as a multiple of its batch-mean gradient. */
    private double learningRate(ComputationGraph net, String parameter) {
        INDArray gradient = Gradients.of(net, batch).get("layer_" + parameter).div(4);
        INDArray before = net.getParam("layer_" + parameter).dup();
        net.fit(batch);
        INDArray taken = before.sub(net.getParam("layer_" + parameter));
        return taken.sumNumber().doubleValue() / gradient.sumNumber().doubleValue();
    }

    @Test
    void activationIsTheNetworksUnlessSet() {
        assertThat(conf(net(global().activation(new ActivationELU(0.3)))).getActivationFn())
                .isEqualTo(new ActivationELU(0.3));
    }

    @Test
    void aLayersOwnActivationWins() {
        ProbeLayer layer =
                new ProbeLayer.Builder().activation(Activation.SOFTSIGN).build();
        assertThat(conf(ProbeNets.around(layer, global())).getActivationFn())
                .isEqualTo(Activation.SOFTSIGN.getActivationFunction());
    }

    @Test
    void biasInitIsTheNetworksUnlessSet() {
        assertThat(net(global().biasInit(0.25)).getParam("layer_b").meanNumber().doubleValue())
                .isEqualTo(0.25);
    }

    @Test
    void aLayersOwnUpdaterWins() {
        ProbeLayer layer = new ProbeLayer.Builder().updater(new Sgd(0.5)).build();
        ComputationGraph net = ProbeNets.around(layer, global());
        assertThat(learningRate(net, "W")).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void theBiasUpdaterTrainsBiases() {
        ComputationGraph net = net(global().biasUpdater(new Sgd(0.5)));
        assertThat(learningRate(net, "b")).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void theBiasUpdaterDoesNotTrainWeights() {
        ComputationGraph net = net(global().updater(new Sgd(0.25)).biasUpdater(new Sgd(0.5)));
        assertThat(learningRate(net, "W")).isCloseTo(0.25, within(1e-9));
    }

    @Test
    void aLearningRateScheduleIsFollowed() {
        MapSchedule schedule = new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, 0.5)
                .add(1, 0.125)
                .build();
        ComputationGraph net = net(global().updater(new Sgd(schedule)));
        learningRate(net, "W");
        assertThat(learningRate(net, "W")).isCloseTo(0.125, within(1e-9));
    }

    @Test
    void updatersAreNotSharedWithTheNetwork() {
        Adam shared = new Adam(0.1);
        assertThat(conf(net(global().updater(shared))).getUpdater())
                .isEqualTo(shared)
                .isNotSameAs(shared);
    }

    @Test
    void regularisationIsNotSharedBetweenLayers() {
        ComputationGraph net = SmallNets.built(ProbeNets.graph(new ProbeLayer.Builder().build(), global().l2(0.1))
                .addLayer("second", new ProbeLayer.Builder().build(), "before")
                .allowDisconnected(true));
        SameDiffBlock second = (SameDiffBlock) net.getLayer("second").conf().getLayer();
        assertThat(conf(net).getRegularization().get(0))
                .isEqualTo(second.getRegularization().get(0))
                .isNotSameAs(second.getRegularization().get(0));
    }

    @Test
    void oneBuilderMakesIndependentLayers() {
        ProbeLayer.Builder builder = new ProbeLayer.Builder().l2(0.1);
        assertThat(builder.build().getRegularization())
                .isNotSameAs(builder.build().getRegularization());
    }

    @Test
    void scoreHasL1AndL2OfWeightsAndBiases() {
        ComputationGraph net = net(global().l1(0.03).l2(0.02).l1Bias(0.01).l2Bias(0.05));
        double inScore = net.getLayer("layer").calcRegularizationScore(true);
        Map<String, INDArray> p = net.getLayer("layer").paramTable();
        double expected = 0;
        for (String weight : new String[] {"W", "unused"}) {
            expected += 0.03 * p.get(weight).norm1Number().doubleValue() + 0.02 / 2 * squares(p.get(weight));
        }
        expected += 0.01 * p.get("b").norm1Number().doubleValue() + 0.05 / 2 * squares(p.get("b"));
        assertThat(inScore).isCloseTo(expected, within(ROUNDING));
    }

    private static double squares(INDArray p) {
        return Math.pow(p.norm2Number().doubleValue(), 2);
    }

    @Test
    void gradientHasL1AndL2() {
        ComputationGraph net = net(global().l1(0.03).l2(0.02).l1Bias(0.01).l2Bias(0.05));
        assertThat(GradientCheck.holds(net, batch, "layer_mean")).isTrue();
    }

    @Test
    void weightDecayShrinksWeights() {
        ComputationGraph plain = net(global().updater(new Sgd(0.1)));
        ComputationGraph decayed = net(global().updater(new Sgd(0.1)).weightDecay(0.5));
        INDArray start = plain.getParam("layer_W").dup();
        plain.fit(batch);
        decayed.fit(batch);
        // DL4J's weight decay is learning rate * coefficient * weight
        INDArray expected = plain.getParam("layer_W").sub(start.mul(0.1 * 0.5));
        assertThat(decayed.getParam("layer_W")).isWithin(ROUNDING, expected);
    }

    @Test
    void gradientNormalizationIsTheNetworks() {
        ComputationGraph net = net(global().updater(new Sgd(1))
                .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                .gradientNormalizationThreshold(1e-4));
        INDArray before = net.getParam("layer_W").dup();
        net.fit(batch);
        assertThat(before.sub(net.getParam("layer_W")).amaxNumber().doubleValue())
                .isLessThanOrEqualTo(1e-4 * (1 + 1e-9));
    }
}
