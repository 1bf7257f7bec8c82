package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class FrozenLayerTest {
    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);

    static Stream<Named<Function<Layer, Layer>>> wrappers() {
        return Stream.of(
                Named.of("FrozenLayer", FrozenLayer::new),
                Named.of("FrozenLayerWithBackprop", FrozenLayerWithBackprop::new));
    }

    /** The running mean starts off what training would move it to. */
    private static ComputationGraph frozen(Function<Layer, Layer> wrapper, Layer layer) {
        ComputationGraph net = ProbeNets.around(wrapper.apply(layer), DataType.DOUBLE, new NoOp());
        net.getParam("layer_mean").assign(0.5);
        return net;
    }

    @Test
    void trainingKeepsParametersAndState() {
        ComputationGraph net = frozen(FrozenLayerWithBackprop::new, new ProbeLayer.Builder().build());
        INDArray before = net.getLayer("layer").params().dup();
        net.fit(batch);
        net.fit(batch);
        assertThat(net.getLayer("layer").params()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void aFrozenLayerAnswersInTrainingAsAtInference(Function<Layer, Layer> wrapper) {
        ComputationGraph net =
                frozen(wrapper, new ProbeLayer.Builder().noise(true).build());
        assertThat(net.feedForward(batch.getFeatures(), true).get("layer"))
                .isEqualTo(net.feedForward(batch.getFeatures(), false).get("layer"));
    }

    @Test
    void frozenWithBackpropPassesTheGradientOn() {
        ComputationGraph net = frozen(
                FrozenLayerWithBackprop::new,
                new ProbeLayer.Builder().noise(true).auxiliaryLoss(0.3).build());
        assertThat(GradientCheck.holds(net, batch, "layer_W", "layer_unused", "layer_b", "layer_gamma", "layer_mean"))
                .isTrue();
    }

    @Test
    void aTrainedLayerFrozenByDl4jsOwnTransferLearningKeepsItsState() {
        ComputationGraph net = ProbeNets.around(new ProbeLayer.Builder().build(), DataType.DOUBLE, new Sgd(0.1));
        net.fit(batch);
        ComputationGraph frozen = new TransferLearning.GraphBuilder(net)
                .setFeatureExtractor("layer")
                .build();
        INDArray before = frozen.getLayer("layer").params().dup();
        frozen.fit(batch);
        assertThat(frozen.getLayer("layer").params()).isEqualTo(before);
    }
}
