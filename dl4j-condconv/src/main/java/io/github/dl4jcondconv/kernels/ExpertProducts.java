package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW], by BLAS. Images are [N, channels, H, W], dense. */
public final class ExpertProducts implements ExampleConvolution<INDArray> {
    private final Window window;

    public ExpertProducts(Window window) {
        this.window = window;
    }

    private ColumnConvolution convolution(KernelTiles kernels, INDArray x, INDArray y) {
        return new ColumnConvolution(window, kernels, x.shape(), y.shape());
    }

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        convolution(MixedExperts.of(experts, weights), x, y).forward(x, y);
    }

    @Override
    public void backwardWeights(
            INDArray x, INDArray experts, INDArray weights, INDArray dy, INDArray dExperts, INDArray dWeights) {
        INDArray dense = Images.dense(dExperts);
        dWeights.assign(0);
        convolution(MixedExperts.with(experts, weights, dense, dWeights), x, dy).backwardKernels(x, dy);
        if (dense != dExperts) {
            dExperts.assign(dense);
        }
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        convolution(MixedExperts.of(experts, weights), dx, dy).backwardImages(dy, dx);
    }
}
