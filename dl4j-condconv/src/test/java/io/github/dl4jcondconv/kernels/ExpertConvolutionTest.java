package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;

import io.github.dl4jcondconv.onednn.Convolution.Algorithm;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The strategies against each other; the one that is chosen is tested against the definition of the layer. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class ExpertConvolutionTest {
    private static final long ALL_AT_ONCE = 1L << 30;
    private static final Window WINDOW = new Window(3, 3, 1, 1, 1, 1, 1, 1);
    private static final Window POINT = new Window(1, 1, 1, 1, 1, 1, 0, 0);

    /** Everything that a strategy computes for arrays that are the same in each call. */
    private static Map<String, INDArray> computed(
            ExampleConvolution<Memory> strategy, int k, long inputs, long outputs) {
        return computed(strategy, new long[] {3, inputs, 7, 5}, new long[] {3, outputs, 7, 5}, k, k);
    }

    private static Map<String, INDArray> computed(
            ExampleConvolution<Memory> strategy, long[] in, long[] out, long kH, long kW) {
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, in);
        INDArray experts = Nd4j.randn(DataType.FLOAT, 4, out[1], in[1], kH, kW);
        INDArray weights = Nd4j.rand(DataType.FLOAT, in[0], 4);
        INDArray dy = Nd4j.randn(DataType.FLOAT, out);
        Memory y = Memory.allocate(Layout.blocked(out));
        strategy.forward(blocked(x), experts, weights, y);
        INDArray dExperts = experts.ulike();
        INDArray dWeights = weights.ulike();
        strategy.backwardWeights(blocked(x), experts, weights, blocked(dy), dExperts, dWeights);
        Memory dx = Memory.allocate(Layout.blocked(in));
        strategy.backwardData(experts, weights, blocked(dy), dx);
        return Map.of("y", plain(y), "dx", plain(dx), "dExperts", dExperts, "dWeights", dWeights);
    }

    private static Memory blocked(INDArray images) {
        return Reorder.to(Layout.blocked(images.shape()), images);
    }

    private static INDArray plain(Memory images) {
        long[] dims = images.layout().dims();
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, dims);
        Reorder.copy(images, Memory.of(array));
        return array;
    }

    static Stream<Arguments> strategies() {
        Map<String, LongFunction<ExampleConvolution<Memory>>> strategies = Map.of(
                "groups",
                bytes -> new GroupedExamples(WINDOW, bytes),
                "windows",
                bytes -> new WindowedExamples(WINDOW, bytes),
                "single",
                bytes -> new SingleExamples(WINDOW, Algorithm.AUTO, bytes),
                "winograd",
                bytes -> new SingleExamples(WINDOW, Algorithm.WINOGRAD, bytes));
        long[][] channels = {{32, 48}, {64, 16}, {20, 40}, {33, 17}};
        return strategies.keySet().stream()
                .filter(name -> OneDnn.hasWinograd() || !name.equals("winograd"))
                .flatMap(name -> Stream.of(channels).flatMap(c -> Stream.of(1, ALL_AT_ONCE)
                        .map(bytes -> Arguments.of(name, bytes, c[0], c[1], strategies.get(name)))));
    }

    @ParameterizedTest(name = "{0} with {1} bytes, {2} to {3} channels")
    @MethodSource("strategies")
    void everyStrategyComputesTheSame(
            String name, Number bytes, long inputs, long outputs, LongFunction<ExampleConvolution<Memory>> strategy) {
        Map<String, INDArray> expected = computed(new GroupedExamples(WINDOW, ALL_AT_ONCE), 3, inputs, outputs);
        // FLOAT sums of up to 600 products in another order
        assertClose(computed(strategy.apply(bytes.longValue()), 3, inputs, outputs), expected, 1e-5);
    }

    static Stream<Arguments> channels() {
        return Stream.of(Arguments.of(32, 48), Arguments.of(20, 40), Arguments.of(1, 1));
    }

    @ParameterizedTest
    @MethodSource("channels")
    void exampleByExampleComputesWhatGroupsDoForWindowsOfOnePixel(long inputs, long outputs) {
        assertClose(
                computed(new SingleExamples(POINT, Algorithm.AUTO, 1), 1, inputs, outputs),
                computed(new GroupedExamples(POINT, ALL_AT_ONCE), 1, inputs, outputs),
                1e-5);
    }

    @ParameterizedTest
    @MethodSource("channels")
    void productsWithImagesComputeWhatGroupsDoForWindowsOfOnePixel(long inputs, long outputs) {
        long[] in = {11, inputs, 3, 5};
        long[] out = {11, outputs, 3, 5};
        assertClose(
                computed(new PointwiseExamples(1), in, out, 1, 1),
                computed(new GroupedExamples(POINT, ALL_AT_ONCE), in, out, 1, 1),
                1e-5);
    }

    static Stream<Arguments> windows() {
        return Stream.of(
                Arguments.of("of one pixel", new Window(1, 1, 1, 1, 1, 1, 0, 0), 1, 4, 6),
                Arguments.of("with stride", new Window(3, 3, 2, 2, 1, 1, 1, 1), 2, 7, 5),
                Arguments.of("of one pixel with stride", new Window(1, 1, 2, 3, 1, 1, 0, 0), 3, 8, 7),
                Arguments.of("with dilation", new Window(3, 2, 1, 1, 2, 3, 2, 1), 2, 6, 6),
                Arguments.of("that reach little", new Window(5, 1, 1, 3, 1, 1, 0, 0), 9, 9, 8),
                Arguments.of("that leave rows out", new Window(2, 2, 3, 3, 1, 1, 0, 0), 2, 7, 6),
                Arguments.of("larger than the image", new Window(5, 5, 1, 1, 1, 1, 2, 2), 17, 2, 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("windows")
    void productsOfMatricesComputeWhatGroupsDoForWindows(
            String kind, Window window, long examples, long height, long width) {
        long[] in = {examples, 19, height, width};
        long[] out = {
            examples,
            21,
            outputs(height, 2 * window.top(), window.height(), window.strideH(), window.dilationH()),
            outputs(width, 2 * window.left(), window.width(), window.strideW(), window.dilationW())
        };
        assertClose(
                computed(new WindowedExamples(window, 1), in, out, window.height(), window.width()),
                computed(new GroupedExamples(window, ALL_AT_ONCE), in, out, window.height(), window.width()),
                1e-5);
    }

    private static long outputs(long size, long padding, long taps, long stride, long dilation) {
        return (size + padding - (taps - 1) * dilation - 1) / stride + 1;
    }
}
