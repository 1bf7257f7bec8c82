package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW], by BLAS. Images are [N, channels, H, W], dense. */
public final class ExpertProducts implements ExampleConvolution<INDArray> {
    private final Window window;
    private final TileSizes sizes;

    public ExpertProducts(Window window) {
        this(window, TileSizes.MEASURED);
    }

    ExpertProducts(Window window, TileSizes sizes) {
        this.window = window;
        this.sizes = sizes;
    }

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        new ColumnConvolution(window, new MixedExperts(experts, weights), sizes).forward(x, y);
    }

    @Override
    public void backwardWeights(
            INDArray x, INDArray experts, INDArray weights, INDArray dy, INDArray dExperts, INDArray dWeights) {
        INDArray dense = Images.dense(dExperts);
        MixedExperts kernels = new MixedExperts(experts, weights, dense);
        new ColumnGradients(window, kernels, sizes).compute(x, dy);
        dWeights.assign(kernels.gradientOfWeights());
        if (dense != dExperts) {
            dExperts.assign(dense);
        }
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        new ColumnConvolution(window, new MixedExperts(experts, weights), sizes).backwardImages(dy, dx);
    }
}
