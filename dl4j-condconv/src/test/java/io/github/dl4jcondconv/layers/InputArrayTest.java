package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.testing.SmallNets;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** An array that does not fit fails before any native code sees it. */
class InputArrayTest {
    private static final InputType IMAGE = InputType.convolutional(7, 7, 2);

    private static CondConv2D.Builder condConv() {
        return new CondConv2D.Builder(3, 3).nOut(4);
    }

    private static AsymmetricConvBlock.Builder block() {
        return new AsymmetricConvBlock.Builder(3).nOut(4);
    }

    private static Arguments bad(String message, Convolution2DBlock layer, InputType type, long... shape) {
        return Arguments.of(message, layer, type, shape);
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                bad(
                        "CondConv2D \"layer\": input [1, 3, 7, 7] is 3 channels, allowed: nIn = 2",
                        condConv().build(),
                        IMAGE,
                        1,
                        3,
                        7,
                        7),
                bad(
                        "AsymmetricConvBlock \"layer\": input [1, 7, 7, 3] is 3 channels, allowed: nIn = 2",
                        block().build(),
                        InputType.convolutional(7, 7, 2, CNN2DFormat.NHWC),
                        1,
                        7,
                        7,
                        3),
                bad(
                        "CondConv2D \"layer\": input is [7, 7], allowed: an array of rank 4, NCHW",
                        condConv().build(),
                        IMAGE,
                        7,
                        7),
                bad(
                        "AsymmetricConvBlock \"layer\": input is [2, 7, 7], allowed: an array of rank 4, NCHW",
                        block().build(),
                        IMAGE,
                        2,
                        7,
                        7),
                bad(
                        "CondConv2D \"layer\": input height is 2, allowed: at least 3, or the kernel does not fit",
                        condConv().build(),
                        IMAGE,
                        1,
                        2,
                        2,
                        7),
                bad(
                        "AsymmetricConvBlock \"layer\": input width is 2, allowed: at least 3, or the kernel does not fit",
                        block().build(),
                        IMAGE,
                        1,
                        2,
                        7,
                        2),
                bad(
                        "CondConv2D \"layer\": input width is 6, allowed: sizes that stride 2 divides without rest in"
                                + " ConvolutionMode.Strict (use Truncate or Same)",
                        condConv()
                                .stride(2)
                                .convolutionMode(ConvolutionMode.Strict)
                                .build(),
                        IMAGE,
                        1,
                        2,
                        7,
                        6));
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayThatDoesNotFitIsRejected(String message, Convolution2DBlock layer, InputType type, long... shape) {
        var net = SmallNets.alone(layer, DataType.FLOAT, type);
        assertThatThrownBy(() -> net.outputSingle(Nd4j.zeros(DataType.FLOAT, shape)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void withoutInputTypesImagesAreExpectedChannelsFirst() {
        ComputationGraph net = SmallNets.built(SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .addLayer("layer", condConv().nIn(2).build(), "in")
                .setOutputs("layer")
                .validateOutputLayerConfig(false));
        assertThatThrownBy(() -> net.outputSingle(Nd4j.zeros(DataType.FLOAT, 7, 7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CondConv2D \"layer\": input is [7, 7], allowed: an array of rank 4, NCHW");
    }
}
