package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Counted by hand on images of 5x5 pixels, which leave 3x3 positions for a 3x3 window. */
class MultiplyAddsTest {
    private static final InputType IMAGE = InputType.convolutional(5, 5, 32);
    private static final int POSITIONS = 9;
    private static final int CONVOLUTION = 4 * 32 * 9;
    private static final int DEPTHWISE = 32 * 9;

    static Stream<Arguments> layers() {
        return Stream.of(
                Arguments.of(
                        "mixed kernels: one convolution, mixing of 3 kernels and biases, routing",
                        condConv().build(),
                        CONVOLUTION * POSITIONS + 3 * (CONVOLUTION + 4) + 32 * 3),
                Arguments.of(
                        "mixed outputs: 3 convolutions, mixing of 3 outputs and biases, routing",
                        condConv().mixing(Mixing.OUTPUTS).build(),
                        3 * CONVOLUTION * POSITIONS + 3 * (4 * POSITIONS + 4) + 32 * 3),
                Arguments.of(
                        "shared routing costs the layer nothing",
                        condConv().routing(Routing.shared()).hasBias(false).build(),
                        CONVOLUTION * POSITIONS + 3 * CONVOLUTION),
                Arguments.of(
                        "a hidden layer of 4 values",
                        condConv()
                                .routing(Routing.sigmoid().withHiddenLayer(1.0 / 8))
                                .hasBias(false)
                                .build(),
                        CONVOLUTION * POSITIONS + 3 * CONVOLUTION + 4 * (32 + 3)),
                Arguments.of(
                        "depthwise with 2 outputs for each channel",
                        new DepthwiseCondConv2D.Builder(3, 3)
                                .nIn(32)
                                .depthMultiplier(2)
                                .numExperts(3)
                                .build(),
                        2 * DEPTHWISE * POSITIONS + 3 * (2 * DEPTHWISE + 64) + 32 * 3),
                Arguments.of(
                        "a router that sees 5 weights of another",
                        new Router.Builder()
                                .nIn(32)
                                .numExperts(3)
                                .previousExperts(5)
                                .build(),
                        (32 + 5) * 3),
                Arguments.of(
                        "WeightNet: convolution, context of 16, 2 * 4 gates, 1 gate for each weight",
                        weightNet().build(),
                        CONVOLUTION * POSITIONS + 32 * 16 + 16 * 8 + CONVOLUTION),
                Arguments.of(
                        "4 gates for each weight, shared context of 8",
                        weightNet().m(4).g(1).contextSize(8).sharedContext(true).build(),
                        CONVOLUTION * POSITIONS + 8 * 16 + 4 * CONVOLUTION),
                Arguments.of(
                        "depthwise WeightNet: 32 gates",
                        new DepthwiseWeightNetConv2D.Builder(3, 3).nIn(32).build(),
                        DEPTHWISE * POSITIONS + 32 * 16 + 16 * 32 + DEPTHWISE),
                Arguments.of("a context", new KernelContext.Builder().nIn(32).build(), 32 * 16),
                Arguments.of(
                        "squeeze to 2 and expand",
                        new SqueezeExcitation.Builder().nIn(32).build(),
                        2 * 32 * 2));
    }

    private static CondConv2D.Builder condConv() {
        return new CondConv2D.Builder(3, 3).nIn(32).nOut(4).numExperts(3);
    }

    private static WeightNetConv2D.Builder weightNet() {
        return new WeightNetConv2D.Builder(3, 3).nIn(32).nOut(4);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("layers")
    void everyProductIsCounted(String what, SameDiffBlock layer, long expected) {
        assertThat(layer.multiplyAdds(IMAGE)).isEqualTo(expected);
    }

    static Stream<Arguments> denseLayers() {
        int matrix = 6 * 5;
        return Stream.of(
                Arguments.of(Mixing.AUTO, 3 * matrix + 3 * 5 + 3 * 5 + 6 * 3),
                Arguments.of(Mixing.KERNELS, 3 * matrix + matrix + 3 * 5 + 6 * 3));
    }

    @ParameterizedTest
    @MethodSource("denseLayers")
    void everyProductOfADenseLayerIsCounted(Mixing mixing, long expected) {
        CondDense layer = new CondDense.Builder()
                .nIn(6)
                .nOut(5)
                .numExperts(3)
                .mixing(mixing)
                .build();
        assertThat(layer.multiplyAdds(InputType.feedForward(6))).isEqualTo(expected);
    }
}
