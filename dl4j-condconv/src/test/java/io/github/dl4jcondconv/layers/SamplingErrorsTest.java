package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.FixedSchedule;

/** What cannot be sampled fails when the graph is built, with the vertex, the value and what is allowed. */
class SamplingErrorsTest {
    private static final InputType IMAGE = InputType.convolutional(9, 8, 3);

    private static GraphBuilder graph(InputType... inputs) {
        return SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("features", "mask")
                .setInputTypes(inputs)
                .setOutputs("vertex")
                .validateOutputLayerConfig(false);
    }

    private static Arguments inputs(String message, SameDiffBlock layer, InputType features, InputType mask) {
        return Arguments.of(message, (Runnable) () -> {
            GraphBuilder graph = graph(features, mask);
            MultiInputVertex.addLayer(graph, "vertex", layer, "features", "mask");
            graph.build();
        });
    }

    private static Arguments block(String message, SampledResidualBlock block) {
        return Arguments.of(message, (Runnable) () -> {
            GraphBuilder graph = graph(IMAGE, IMAGE);
            block.addTo(graph, "vertex", "features");
            graph.build();
        });
    }

    private static SampledResidualBlock sampledBy(Sampling.SamplingBuilder sampling) {
        return SampledResidualBlock.basic(3).withSampling(sampling.build());
    }

    private static InputType mask(long height, long width, long channels) {
        return InputType.convolutional(height, width, channels);
    }

    static Stream<Arguments> unfittingInputs() {
        Interpolation fill = new Interpolation.Builder().build();
        MaskedConv2D halved =
                new MaskedConv2D.Builder(3).nOut(4).stride(2).padding(1).build();
        InputType ofHalved = mask(5, 4, 1);
        InputType nhwc = InputType.convolutional(9, 8, 1, CNN2DFormat.NHWC);
        return Stream.of(
                inputs(expected("Interpolation", mask(9, 7, 1), mask(9, 8, 1)), fill, IMAGE, mask(9, 7, 1)),
                inputs(expected("Interpolation", mask(9, 8, 3), mask(9, 8, 1)), fill, IMAGE, mask(9, 8, 3)),
                inputs(expected("Interpolation", nhwc, mask(9, 8, 1)), fill, IMAGE, nhwc),
                inputs(
                        expected("Interpolation", InputType.feedForward(72), mask(9, 8, 1)),
                        fill,
                        IMAGE,
                        InputType.feedForward(72)),
                inputs(
                        "Interpolation \"vertex\": input is " + InputType.feedForward(72)
                                + ", allowed: an image, InputType.convolutional(height, width, channels)",
                        new Interpolation.Builder().build(),
                        InputType.feedForward(72),
                        mask(9, 8, 1)),
                inputs(expected("MaskedConv2D", mask(9, 8, 1), ofHalved), halved, IMAGE, mask(9, 8, 1)),
                inputs(expected("MaskedConv2D", mask(5, 4, 4), ofHalved), halved, IMAGE, mask(5, 4, 4)));
    }

    private static String expected(String layer, InputType mask, InputType allowed) {
        return layer + " \"vertex\": mask is " + mask + ", allowed: " + allowed
                + ", one channel of the size of its features";
    }

    static Stream<Arguments> badBlocks() {
        return Stream.of(
                block(
                        "Interpolation \"vertex-fill1\": window is 4, allowed: odd numbers",
                        SampledResidualBlock.basic(3).withWindow(4)),
                block(
                        "SamplingMask \"vertex-mask1\": gridInterval is 0, allowed: at least 1, or null",
                        sampledBy(Sampling.builder().gridInterval(0))),
                block(
                        "SamplingMask \"vertex-mask1\": temperature at the first step is 0.0, allowed: above 0",
                        sampledBy(Sampling.builder().temperature(new FixedSchedule(0)))),
                block(
                        "SamplingMask \"vertex-mask1\": temperature at the first step is -1.0, allowed: above 0",
                        sampledBy(Sampling.builder().temperature(new FixedSchedule(-1)))),
                block(
                        "SamplingMask \"vertex-mask1\": inferenceTemperature is 0.0, allowed: above 0",
                        sampledBy(Sampling.builder().inferenceTemperature(0))),
                block(
                        "SamplingMask \"vertex-mask1\": sparsityWeight is -0.5, allowed: at least 0",
                        sampledBy(Sampling.builder().sparsityWeight(-1))),
                block(
                        "SamplingMask \"vertex-mask1\": stride is [0, 0], allowed: two numbers of at least 1",
                        SampledResidualBlock.basic(3).withStride(0)),
                block(
                        "MaskedConv2D \"vertex-conv1\": nOut is 0, allowed: at least 1",
                        SampledResidualBlock.bottleneck(0)));
    }

    @ParameterizedTest
    @MethodSource("unfittingInputs")
    void aMaskThatDoesNotFitItsFeaturesFails(String message, Runnable build) {
        assertThatThrownBy(build::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource("badBlocks")
    void aBlockOfBadOptionsNamesItsVertex(String message, Runnable build) {
        assertThatThrownBy(build::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "-0.1", "NaN", "half"})
    @EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
    void aDensityThatIsNoShareIsRefused(String density) {
        ComputationGraph net =
                SmallNets.alone(new SampledConv2D.Builder(3).nOut(2).build(), DataType.FLOAT, IMAGE);
        INDArray images = Nd4j.zeros(DataType.FLOAT, 1, 3, 9, 8);
        assertThatThrownBy(() -> Kernels.sparseUpTo(density, () -> net.outputSingle(images)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("system property condconv.sparse-density is \"" + density
                        + "\", allowed: a number from 0 to 1");
    }
}
