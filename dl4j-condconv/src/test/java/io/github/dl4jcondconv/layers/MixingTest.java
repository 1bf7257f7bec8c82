package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.NdArrayAssert;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;

/** Mixing kernels and mixing outputs are two orders of the same sums. */
class MixingTest {
    // Sums of less than 100 products in double, ordered differently
    private static final double ROUNDING = 1e-13;
    private static final InputType IMAGE = InputType.convolutional(7, 6, 2);

    static Stream<Named<Function<Mixing, ComputationGraph>>> networks() {
        return Stream.of(
                Named.of(
                        "CondConv2D",
                        m -> net(global -> SmallNets.graph(
                                new CondConv2D.Builder(3, 2)
                                        .nOut(3)
                                        .mixing(m)
                                        .stride(2)
                                        .convolutionMode(ConvolutionMode.Same)
                                        .build(),
                                global,
                                IMAGE))),
                Named.of(
                        "DepthwiseCondConv2D",
                        m -> net(global -> SmallNets.graph(
                                new DepthwiseCondConv2D.Builder(3, 3)
                                        .depthMultiplier(3)
                                        .mixing(m)
                                        .dilation(2)
                                        .build(),
                                global,
                                IMAGE))),
                Named.of(
                        "CondDense",
                        m -> net(global -> SmallNets.ofVectors(
                                new CondDense.Builder().nOut(4).mixing(m).build(), global, IMAGE))));
    }

    private static ComputationGraph net(Function<NeuralNetConfiguration.Builder, GraphBuilder> network) {
        return SmallNets.built(network.apply(SmallNets.global(DataType.DOUBLE, new NoOp())));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void bothGiveTheSameOutput(Function<Mixing, ComputationGraph> network) {
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 7, 6);
        NdArrayAssert.assertThat(network.apply(Mixing.OUTPUTS).outputSingle(batch.getFeatures()))
                .isCloseTo(network.apply(Mixing.KERNELS).outputSingle(batch.getFeatures()), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void bothGiveTheSameGradients(Function<Mixing, ComputationGraph> network) {
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 7, 6);
        assertClose(
                Gradients.of(network.apply(Mixing.OUTPUTS), batch),
                Gradients.of(network.apply(Mixing.KERNELS), batch),
                ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"true, 4, false", "true, 5, true", "false, 4, true", "false, 5, true"})
    void theChoiceByCostIsThePapers(boolean training, int experts, boolean kernels) {
        assertThat(Mixing.AUTO.ofKernels(training, experts, 49)).isEqualTo(kernels);
    }

    @Test
    void aKernelForOnePositionIsNotMixed() {
        assertThat(Mixing.AUTO.ofKernels(false, 8, 1)).isFalse();
    }
}
