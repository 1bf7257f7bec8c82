package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Convolution.Algorithm;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW]. Experts are brought into the layout in which oneDNN
 * wants kernels and mixed there; who convolves with the mixed kernels is chosen by shape. The thresholds were measured on
 * two cores with AVX-512.
 */
public final class ExpertConvolution implements ExampleConvolution<Memory> {
    /** Mixed kernels at a time. Fewer stay in the cache that cores share, more make fewer calls. */
    private static final long KERNEL_BYTES = 20L << 20;

    /** Below this many 4x4 tiles of an image, transforming its kernel for Winograd's algorithm costs what that saves. */
    private static final long WINOGRAD_TILES = 49;

    /** The same for tiles times channels. */
    private static final long WINOGRAD_WORK = 6000;

    private final Window window;
    private final ExampleConvolution<Memory> grouped;
    private final ExampleConvolution<Memory> single;
    private final ExampleConvolution<Memory> winograd;

    public ExpertConvolution(Window window) {
        this.window = window;
        grouped = new GroupedExamples(window, KERNEL_BYTES);
        single = new SingleExamples(window, Algorithm.AUTO, 2 * KERNEL_BYTES);
        winograd = new SingleExamples(window, Algorithm.WINOGRAD, KERNEL_BYTES);
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
        if (window.height() == 1 && window.width() == 1) {
            return single;
        }
        return isForWinograd(y.layout().dims(), experts) ? winograd : grouped;
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
