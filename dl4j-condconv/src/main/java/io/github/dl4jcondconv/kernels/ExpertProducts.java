package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW], by BLAS, and by Winograd's algorithm where that has less
 * to compute. Images are [N, channels, H, W], FLOAT, dense.
 */
public final class ExpertProducts implements ExampleConvolution<INDArray> {
    private final Window window;
    private final TileSizes sizes;
    private final Choice choice;

    public ExpertProducts(Window window) {
        this(window, TileSizes.MEASURED, (x, y) -> Winograd.fastest(window, x.shape(), y.shape()));
    }

    ExpertProducts(Window window, TileSizes sizes, Choice choice) {
        this.window = window;
        this.sizes = sizes;
        this.choice = choice;
    }

    /** Which of Winograd's algorithms convolves images x to y; null for none. */
    interface Choice {
        Winograd of(INDArray x, INDArray y);
    }

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        convolution(x, experts, weights, y).forward();
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        ColumnConvolution convolution = convolution(dx, experts, weights, dy);
        if (!convolution.images().imagesAreInputs()) {
            dx.assign(0);
        }
        convolution.backwardImages();
    }

    @Override
    public void backwardWeights(
            INDArray x, INDArray experts, INDArray weights, INDArray dy, INDArray dExperts, INDArray dWeights) {
        INDArray dense = Images.dense(dExperts);
        MixedExperts kernels = new MixedExperts(experts, weights, dense);
        new ColumnGradients(products(x, dy), kernels, sizes).compute();
        dWeights.assign(kernels.gradientOfWeights());
        if (dense != dExperts) {
            dExperts.assign(dense);
        }
    }

    private ColumnConvolution convolution(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        return new ColumnConvolution(products(x, y), new MixedExperts(experts, weights), sizes);
    }

    private ImageProducts products(INDArray x, INDArray y) {
        Winograd winograd = choice.of(x, y);
        return winograd == null ? new ImageColumns(window, x, y) : new WinogradImages(winograd, window, x, y);
    }
}
