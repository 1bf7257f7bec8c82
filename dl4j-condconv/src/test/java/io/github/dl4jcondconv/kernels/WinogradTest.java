package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.Window;
import io.github.dl4jcondconv.testing.Kernels;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Winograd's algorithm against one product of kernel and windows, which is tested against the layer's definition. */
class WinogradTest {
    /** A convolution of random sizes: images smaller than a tile, parts of tiles, all paddings. */
    private record Case(Random random, Window window, long[] x, long[] y, TileSizes sizes, int threads) {
        static Case of(long seed) {
            Random random = new Random(seed);
            Window window = new Window(3, 3, 1, 1, 1, 1, random.nextInt(3), random.nextInt(3));
            long[] x = {1 + random.nextInt(4), 1 + random.nextInt(40), 3 + random.nextInt(20), 3 + random.nextInt(20)};
            long[] y = {
                x[0],
                1 + random.nextInt(40),
                x[2] + window.top() + random.nextInt(3) - 2,
                x[3] + window.left() + random.nextInt(3) - 2
            };
            TileSizes[] sizes = {TileSizes.MEASURED, new TileSizes(1, 1, 1), new TileSizes(20_000, 3000, 100_000)};
            return new Case(random, window, x, y, sizes[random.nextInt(sizes.length)], 1 + random.nextInt(2));
        }

        Map<String, INDArray> computed(Winograd winograd) {
            return Kernels.inThreads(
                    threads, () -> values(new ExpertProducts(window, sizes, (images, outputs) -> winograd)));
        }

        private Map<String, INDArray> values(ExpertProducts convolution) {
            Nd4j.getRandom().setSeed(7);
            INDArray images = Nd4j.randn(DataType.FLOAT, x);
            INDArray experts = Nd4j.randn(DataType.FLOAT, 3, y[1], x[1], 3, 3);
            INDArray weights = Nd4j.rand(DataType.FLOAT, x[0], 3);
            INDArray upstream = Nd4j.randn(DataType.FLOAT, y);
            return ExpertProductsTest.computed(convolution, images, experts, weights, upstream);
        }
    }

    static Stream<Arguments> cases() {
        return LongStream.range(0, 12)
                .boxed()
                .flatMap(seed -> Stream.of(Arguments.of(seed, Winograd.F2), Arguments.of(seed, Winograd.F4)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itComputesTheConvolutionAndItsGradients(long seed, Winograd winograd) {
        Case c = Case.of(seed);
        // FLOAT sums; those of tiles of 4x4 lose about three bits more than those of windows
        assertClose(c.computed(winograd), c.computed(null), 1e-5);
    }

    @Test
    void strideIsLeftToWholeWindows() {
        assertThat(Winograd.fastest(
                        new Window(3, 3, 2, 1, 1, 1, 1, 1), new long[] {1, 64, 56, 56}, new long[] {1, 64, 28, 56}))
                .isNull();
    }

    @Test
    void ofLargeImagesTilesAreLarge() {
        assertThat(Winograd.fastest(
                        new Window(3, 3, 1, 1, 1, 1, 1, 1), new long[] {1, 64, 56, 56}, new long[] {1, 64, 56, 56}))
                .isSameAs(Winograd.F4);
    }

    @Test
    void ofFewPixelsOfManyChannelsTilesAreSmall() {
        assertThat(Winograd.fastest(
                        new Window(3, 3, 1, 1, 1, 1, 1, 1), new long[] {1, 256, 14, 14}, new long[] {1, 256, 14, 14}))
                .isSameAs(Winograd.F2);
    }

    @Test
    void ofFewChannelsWindowsAreFaster() {
        assertThat(Winograd.fastest(
                        new Window(3, 3, 1, 1, 1, 1, 1, 1), new long[] {1, 3, 56, 56}, new long[] {1, 64, 56, 56}))
                .isNull();
    }
}
