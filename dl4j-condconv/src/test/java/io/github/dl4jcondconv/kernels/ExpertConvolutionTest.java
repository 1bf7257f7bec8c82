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
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, inputs, 7, 5);
        INDArray experts = Nd4j.randn(DataType.FLOAT, 4, outputs, inputs, k, k);
        INDArray weights = Nd4j.rand(DataType.FLOAT, 3, 4);
        INDArray dy = Nd4j.randn(DataType.FLOAT, 3, outputs, 7, 5);
        Memory y = Memory.allocate(Layout.blocked(dy.shape()));
        strategy.forward(blocked(x), experts, weights, y);
        INDArray dExperts = experts.ulike();
        INDArray dWeights = weights.ulike();
        strategy.backwardWeights(blocked(x), experts, weights, blocked(dy), dExperts, dWeights);
        Memory dx = Memory.allocate(Layout.blocked(x.shape()));
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
}
