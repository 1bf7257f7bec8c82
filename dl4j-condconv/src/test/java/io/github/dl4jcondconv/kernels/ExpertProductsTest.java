package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.onednn.Window;
import io.github.dl4jcondconv.testing.Kernels;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** All sizes of tiles against each other; the measured ones are tested against the definition of the layer. */
class ExpertProductsTest {
    private static final Window POINT = new Window(1, 1, 1, 1, 1, 1, 0, 0);
    private static final Window SQUARE = new Window(3, 3, 1, 1, 1, 1, 1, 1);
    private static final Window SPARSE = new Window(3, 2, 2, 1, 1, 2, 1, 0);

    private static Map<String, INDArray> computed(TileSizes sizes, Window window, int threads) {
        return Kernels.inThreads(threads, () -> computed(new ExpertProducts(window, sizes, (x, y) -> null), window));
    }

    /** Everything that is computed of arrays that are the same in each call. */
    private static Map<String, INDArray> computed(ExpertProducts convolution, Window window) {
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 19, 5, 9, 8);
        INDArray experts = Nd4j.randn(DataType.FLOAT, 4, 7, 5, window.height(), window.width());
        INDArray weights = Nd4j.rand(DataType.FLOAT, 19, 4);
        INDArray dy = Nd4j.randn(DataType.FLOAT, 19, 7, window.strideH() == 2 ? 5 : 9, window.dilationW() == 2 ? 6 : 8);
        return computed(convolution, x, experts, weights, dy);
    }

    /** Outputs and all gradients. */
    static Map<String, INDArray> computed(
            ExpertProducts convolution, INDArray x, INDArray experts, INDArray weights, INDArray dy) {
        INDArray y = dy.ulike();
        convolution.forward(x, experts, weights, y);
        INDArray dExperts = experts.ulike();
        INDArray dWeights = weights.ulike();
        convolution.backwardWeights(x, experts, weights, dy, dExperts, dWeights);
        INDArray dx = x.ulike();
        convolution.backwardData(experts, weights, dy, dx);
        return Map.of("y", y, "dx", dx, "dExperts", dExperts, "dWeights", dWeights);
    }

    static Stream<Arguments> sizes() {
        // kernels have 5, 30 or 45 numbers an output channel, images 8 to 45 numbers a row of positions and channel
        return Stream.of(POINT, SQUARE, SPARSE)
                .flatMap(window -> Stream.of(
                        Arguments.of(new TileSizes(1, 1 << 20, 1 << 20), window),
                        Arguments.of(new TileSizes(800, 1 << 20, 1 << 20), window),
                        Arguments.of(new TileSizes(1, 1, 1), window),
                        Arguments.of(new TileSizes(1 << 20, 1, 1), window),
                        Arguments.of(new TileSizes(1 << 20, 1000, 10000), window)));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void tilesOfAllSizesComputeTheSame(TileSizes sizes, Window window) {
        // FLOAT sums of up to 1400 products in another order
        assertClose(computed(sizes, window, 2), computed(TileSizes.MEASURED, window, 1), 1e-5);
    }

    @Test
    void threadsDoNotChangeTheOrderOfSums() {
        TileSizes small = new TileSizes(800, 1000, 10000);
        assertThat(computed(small, SQUARE, 2).get("dWeights").toFloatMatrix())
                .isDeepEqualTo(computed(small, SQUARE, 2).get("dWeights").toFloatMatrix());
    }

    @Test
    void aMatrixThatDoesNotFitIntoItsArrayIsRefused() {
        INDArray array = Nd4j.create(DataType.FLOAT, 6);
        assertThatThrownBy(() -> Matrix.of(array, 1, 2, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("do not fit into 5 elements");
    }

    @Test
    void productsOfMatricesThatDoNotMatchAreRefused() {
        Matrix row = Matrix.of(Nd4j.create(DataType.FLOAT, 6), 1);
        assertThatThrownBy(() -> Blas.multiply(row, row, row))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 x 6 times 1 x 6 is not 1 x 6");
    }
}
