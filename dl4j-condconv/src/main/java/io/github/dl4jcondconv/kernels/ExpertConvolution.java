package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Convolution.Algorithm;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW]. Who mixes the
 * kernels, in which layout, and convolves with them is chosen by shape. Measured on two cores with AVX-512: oneDNN's
 * convolutions of small images take up to twice as long as products of matrices, which want no other layout of the experts;
 * of large images making the matrices takes longer than they save, except where the image itself is the matrix.
 */
public final class ExpertConvolution implements ExampleConvolution<Memory> {
    /** Mixed kernels at a time. Fewer stay in the cache that cores share, more make fewer calls. */
    private static final long KERNEL_BYTES = 20L << 20;

    /** Below this many 4x4 tiles of an image, transforming its kernel for Winograd's algorithm costs what that saves. */
    private static final long WINOGRAD_TILES = 49;

    /** The same for tiles times channels. */
    private static final long WINOGRAD_WORK = 6000;

    /** Of all experts in a tile: with as many kernels they are to stay in the cache that each core has. */
    private static final long TILE_BYTES = 1280 << 10;

    /** Up to this many pixels of an output, products of matrices are faster than convolutions. */
    private static final long FEW_PIXELS = 64;

    private final Window window;
    private final ExampleConvolution<Memory> pointwise;
    private final ExampleConvolution<Memory> windowed;
    private final ExampleConvolution<Memory> grouped;
    private final ExampleConvolution<Memory> single;
    private final ExampleConvolution<Memory> winograd;

    public ExpertConvolution(Window window) {
        this.window = window;
        pointwise = new PointwiseExamples(2 * TILE_BYTES);
        windowed = new WindowedExamples(window, TILE_BYTES);
        grouped = new GroupedExamples(window, KERNEL_BYTES);
        single = new SingleExamples(window, Algorithm.AUTO, 2 * KERNEL_BYTES);
        winograd = new SingleExamples(window, Algorithm.WINOGRAD, KERNEL_BYTES);
    }

    /**
     * Whether it multiplies matrices, which likes images channel by channel best; what does not wants them in blocks.
     *
     * @param output (N, nOut, H', W')
     */
    public static boolean isOfMatrices(Window window, long[] output) {
        return window.isPixel() || output[2] * output[3] <= FEW_PIXELS;
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        choose(y, experts).forward(x, experts, weights, y);
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        choose(dy, experts).backwardWeights(x, experts, weights, dy, dExperts, dWeights);
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        choose(dy, experts).backwardData(experts, weights, dy, dx);
    }

    private ExampleConvolution<Memory> choose(Memory y, INDArray experts) {
        long[] output = y.layout().dims();
        if (isOfMatrices(window, output)) {
            return window.isPixel() ? pointwise : windowed;
        }
        if (window.height() == 1 && window.width() == 1) {
            return single;
        }
        return isForWinograd(output, experts) ? winograd : grouped;
    }

    private boolean isForWinograd(long[] y, INDArray experts) {
        long tiles = ((y[2] + 3) / 4) * ((y[3] + 3) / 4);
        long channels = Math.min(experts.size(1), experts.size(2));
        return OneDnn.hasWinograd()
                && window.isDense3x3()
                && tiles >= WINOGRAD_TILES
                && tiles * channels >= WINOGRAD_WORK;
    }
}
