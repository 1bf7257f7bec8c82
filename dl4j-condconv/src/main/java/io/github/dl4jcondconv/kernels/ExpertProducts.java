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

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        new ColumnConvolution(window, new MixedExperts(experts, weights), y.shape()).forward(x, y);
    }

    @Override
    public void backwardWeights(
            INDArray x, INDArray experts, INDArray weights, INDArray dy, INDArray dExperts, INDArray dWeights) {
        INDArray dense = Images.dense(dExperts);
        MixedExperts kernels = new MixedExperts(experts, weights, dense);
        new ColumnConvolution(window, kernels, dy.shape()).backwardKernels(x, dy);
        dWeights.assign(kernels.gradientOfWeights());
        if (dense != dExperts) {
            dExperts.assign(dense);
        }
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        new ColumnConvolution(window, new MixedExperts(experts, weights), dy.shape()).backwardImages(dy, dx);
    }
}
