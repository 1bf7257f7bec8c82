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
        Winograd winograd = choice.of(x, y);
        MixingWeights mixing = new MixingWeights(weights);
        KernelTiles kernels =
                winograd == null ? new MixedExperts(experts, mixing) : WinogradExperts.of(winograd, experts, mixing);
        new ColumnConvolution(images(winograd, x, y), kernels, sizes).compute();
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        Winograd winograd = choice.of(dx, dy);
        MixingWeights mixing = new MixingWeights(weights);
        if (winograd != null) {
            ImageProducts images = new WinogradImages(winograd, Winograd.turned(window), dy, dx);
            new ColumnConvolution(images, WinogradExperts.turned(winograd, experts, mixing), sizes).compute();
            return;
        }
        ImageColumns images = new ImageColumns(window, dx, dy);
        if (!images.imagesAreInputs()) {
            dx.assign(0);
        }
        new ColumnImageGradients(images, new MixedExperts(experts, mixing), sizes).compute();
    }

    @Override
    public void backwardWeights(
            INDArray x, INDArray experts, INDArray weights, INDArray dy, INDArray dExperts, INDArray dWeights) {
        Winograd winograd = choice.of(x, dy);
        INDArray dense = Images.dense(dExperts);
        MixingWeights mixing = new MixingWeights(weights);
        KernelTiles kernels = winograd == null
                ? new MixedExperts(experts, mixing, dense)
                : WinogradExperts.of(winograd, experts, mixing, dense);
        new ColumnGradients(images(winograd, x, dy), kernels, sizes).compute();
        dWeights.assign(mixing.gradient());
        if (dense != dExperts) {
            dExperts.assign(dense);
        }
    }

    private ImageProducts images(Winograd winograd, INDArray x, INDArray y) {
        return winograd == null ? new ImageColumns(window, x, y) : new WinogradImages(winograd, window, x, y);
    }
}
