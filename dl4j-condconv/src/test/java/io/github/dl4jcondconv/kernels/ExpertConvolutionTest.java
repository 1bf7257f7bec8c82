package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertClose;

import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ExpertConvolutionTest {
    private static final Window WINDOW = new Window(3, 3, 1, 1, 1, 1, 1, 1);

    /** Everything that the kernel computes for arrays that are the same in each call. */
    private static Map<String, INDArray> computed(ExpertConvolution kernel, long inputs, long outputs) {
        Nd4j.getRandom().setSeed(7);
        INDArray x = Nd4j.randn(DataType.FLOAT, 3, inputs, 6, 5);
        INDArray experts = Nd4j.randn(DataType.FLOAT, 4, outputs, inputs, 3, 3);
        INDArray weights = Nd4j.rand(DataType.FLOAT, 3, 4);
        INDArray dy = Nd4j.randn(DataType.FLOAT, 3, outputs, 6, 5);
        INDArray y = dy.ulike();
        kernel.forward(x, experts, weights, y);
        INDArray dx = x.ulike();
        INDArray dExperts = experts.ulike();
        INDArray dWeights = weights.ulike();
        kernel.backward(x, experts, weights, dy, dx, dExperts, dWeights);
        return Map.of("y", y, "dx", dx, "dExperts", dExperts, "dWeights", dWeights);
    }

    @ParameterizedTest
    @CsvSource({"32, 48", "64, 16", "20, 40", "33, 17"})
    void manyTilesComputeWhatOneDoes(long inputs, long outputs) {
        ExpertConvolution oneTile = new ExpertConvolution(WINDOW);
        ExpertConvolution manyTiles = new ExpertConvolution(WINDOW, 1);
        // FLOAT sums of up to 600 products in another order
        assertClose(computed(manyTiles, inputs, outputs), computed(oneTile, inputs, outputs), 1e-5);
    }
}
