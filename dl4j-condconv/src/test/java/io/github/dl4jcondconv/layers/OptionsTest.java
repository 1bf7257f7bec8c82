package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.testing.SmallNets;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.NoOp;

/** Every bad option fails when its layer is added to a network, with the vertex, the value and what is allowed. */
class OptionsTest {
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);

    private static CondConv2D.Builder condConv() {
        return new CondConv2D.Builder(3, 3).nOut(4);
    }

    private static AsymmetricConvBlock.Builder block(int... kernel) {
        return new AsymmetricConvBlock.Builder(kernel).nOut(4);
    }

    private static NeuralNetConfiguration.Builder global() {
        return SmallNets.global(DataType.FLOAT, new NoOp());
    }

    private static ThrowingCallable network(
            Convolution2DBlock.Builder<?> layer, NeuralNetConfiguration.Builder global, InputType input) {
        return () -> global.graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .addLayer("vertex", layer.build(), "in")
                .setOutputs("vertex")
                .validateOutputLayerConfig(false)
                .build();
    }

    private static Arguments bad(String message, ThrowingCallable action) {
        return Arguments.of(message, action);
    }

    static Stream<Arguments> badOptions() {
        String two = "two numbers of at least ";
        String odd = ", allowed: square, odd, from 3x3";
        return Stream.of(
                bad(
                        "CondConv2D \"vertex\": numExperts is 0, allowed: at least 1",
                        network(condConv().numExperts(0), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": nOut is 0, allowed: at least 1",
                        network(condConv().nOut(0), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": nOut is 0, allowed: at least 1",
                        network(new AsymmetricConvBlock.Builder(3), global(), IMAGE)),
                bad("AsymmetricConvBlock \"vertex\": kernelSize is 4x4" + odd, network(block(4), global(), IMAGE)),
                bad("AsymmetricConvBlock \"vertex\": kernelSize is 1x1" + odd, network(block(1), global(), IMAGE)),
                bad("AsymmetricConvBlock \"vertex\": kernelSize is 3x5" + odd, network(block(3, 5), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": kernelSize is [0, 0], allowed: " + two + 1,
                        network(condConv().kernelSize(0), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": kernelSize is [3, 3, 3], allowed: " + two + 1,
                        network(condConv().kernelSize(3, 3, 3), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": padding is [-1, 0], allowed: " + two + 0,
                        network(condConv().padding(-1, 0), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": padding is [-1, -1], allowed: " + two + 0,
                        network(block(3).padding(-1), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": stride is [0, 1], allowed: " + two + 1,
                        network(condConv().stride(0, 1), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": dilation is [0, 0], allowed: " + two + 1,
                        network(condConv().dilation(0), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": padding is [1, 1], allowed: 0 with ConvolutionMode.Same, which pads by itself",
                        network(condConv().padding(1).convolutionMode(ConvolutionMode.Same), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": convolutionMode is Causal, allowed: Strict, Truncate or Same (Causal is for"
                                + " sequences)",
                        network(condConv().convolutionMode(ConvolutionMode.Causal), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": eps is 0.0, allowed: above 0",
                        network(block(3).eps(0), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": eps is NaN, allowed: above 0",
                        network(block(3).eps(Double.NaN), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": decay is 1.5, allowed: 0 to 1",
                        network(block(3).decay(1.5), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": decay is -0.1, allowed: 0 to 1",
                        network(block(3).decay(-0.1), global(), IMAGE)));
    }

    static Stream<Arguments> ofTheNetwork() {
        return Stream.of(
                bad(
                        "CondConv2D \"vertex\": padding is [1, 1], allowed: 0 with ConvolutionMode.Same, which pads by itself",
                        network(condConv().padding(1), global().convolutionMode(ConvolutionMode.Same), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": convolutionMode is Causal, allowed: Strict, Truncate or Same (Causal is for"
                                + " sequences)",
                        network(condConv(), global().convolutionMode(ConvolutionMode.Causal), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": nIn is 3, allowed: the 2 channels of its input (or leave nIn out)",
                        network(condConv().nIn(3), global(), IMAGE)),
                bad(
                        "AsymmetricConvBlock \"vertex\": nIn is 3, allowed: the 2 channels of its input (or leave nIn out)",
                        network(block(3).nIn(3), global(), IMAGE)),
                bad(
                        "CondConv2D \"vertex\": input height is 2, allowed: at least 3, or the kernel does not fit",
                        network(condConv(), global(), InputType.convolutional(2, 6, 2))),
                bad(
                        "AsymmetricConvBlock \"vertex\": input width is 6, allowed: at least 7, or the kernel does not fit",
                        network(block(5).dilation(2).padding(1), global(), InputType.convolutional(7, 6, 2))),
                bad(
                        "CondConv2D \"vertex\": input height is 6, allowed: sizes that stride 2 divides without rest in"
                                + " ConvolutionMode.Strict (use Truncate or Same)",
                        network(condConv().stride(2).convolutionMode(ConvolutionMode.Strict), global(), IMAGE)));
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void aBadOptionFailsWhenTheLayerIsAdded(String message, ThrowingCallable build) {
        assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource("ofTheNetwork")
    void whatDoesNotFitItsNetworkFailsWhenThatIsBuilt(String message, ThrowingCallable build) {
        assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void aLayerThatItsBuilderNamesFailsThere() {
        assertThatThrownBy(() -> condConv().name("conv1").numExperts(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CondConv2D \"conv1\": numExperts is 0, allowed: at least 1");
    }

    @Test
    void missingInputChannelsFailWhenTheNetworkIsInitialised() {
        ComputationGraph net = new ComputationGraph(global().graphBuilder()
                .addInputs("in")
                .addLayer("vertex", condConv().build(), "in")
                .setOutputs("vertex")
                .validateOutputLayerConfig(false)
                .build());
        assertThatThrownBy(net::init)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "CondConv2D \"vertex\": shape of parameter W is [8, 4, 0, 3, 3], allowed: sizes from 1; set nIn, or the"
                                + " network's input types");
    }

    @Test
    void aFlatVectorIsNoImage() {
        assertThatThrownBy(network(condConv(), global(), InputType.feedForward(72)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("allowed: an image, InputType.convolutional(height, width, channels)");
    }
}
