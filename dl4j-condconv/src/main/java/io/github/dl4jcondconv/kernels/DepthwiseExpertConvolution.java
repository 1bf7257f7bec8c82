package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Depthwise: channel c of example n is convolved with its own filter sum_e(a_ne W_ec). Experts are W [E, 1, C, kH, kW].
 *
 * <p>All channels of all examples are the groups of one convolution. Mixing is a small product; only kernels are
 * reordered, never images.
 */
public final class DepthwiseExpertConvolution implements ExampleConvolution {
    private final Window window;

    public DepthwiseExpertConvolution(Window window) {
        this.window = window;
    }

    private Convolution convolution(INDArray x, INDArray y) {
        long channels = x.size(0) * x.size(1);
        return new Convolution(
                Layout.any(1, channels, x.size(2), x.size(3)),
                Layout.any(kernels(channels)),
                false,
                Layout.any(1, channels, y.size(2), y.size(3)),
                window);
    }

    private long[] kernels(long channels) {
        return new long[] {channels, 1, 1, window.height(), window.width()};
    }

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        Kernel kernel = convolution(x, y).forward(true, PostOps.NONE);
        Memory result = Memory.allocate(kernel.layout(DST));
        kernel.run(Map.of(
                SRC,
                FoldedImages.fold(x, kernel.layout(SRC)),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), mixed(experts, weights)),
                DST,
                result));
        FoldedImages.unfold(result, y);
    }

    @Override
    public void backward(
            INDArray x,
            INDArray experts,
            INDArray weights,
            INDArray dy,
            INDArray dx,
            INDArray dExperts,
            INDArray dWeights) {
        Convolution convolution = convolution(x, dy);
        backwardData(convolution.backwardData(), experts, weights, dy, dx);
        backwardWeights(convolution.backwardWeights(), x, experts, weights, dy, dExperts, dWeights);
    }

    private void backwardData(Kernel kernel, INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        Memory result = Memory.allocate(kernel.layout(DIFF_SRC));
        kernel.run(Map.of(
                DIFF_DST,
                FoldedImages.fold(dy, kernel.layout(DIFF_DST)),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), mixed(experts, weights)),
                DIFF_SRC,
                result));
        FoldedImages.unfold(result, dx);
    }

    private void backwardWeights(
            Kernel kernel,
            INDArray x,
            INDArray experts,
            INDArray weights,
            INDArray dy,
            INDArray dExperts,
            INDArray dWeights) {
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(
                SRC,
                FoldedImages.fold(x, kernel.layout(SRC)),
                DIFF_DST,
                FoldedImages.fold(dy, kernel.layout(DIFF_DST)),
                DIFF_WEIGHTS,
                found));
        Memory dense = Reorder.to(Layout.dense(found.layout().dims()), found);
        INDArray dKernels =
                dense.array().reshape('c', x.size(0), matrix(experts).size(1));
        Gemm.multiply(dKernels, matrix(experts).transpose(), dWeights);
        Gemm.multiply(weights.transpose(), dKernels, matrix(dExperts));
    }

    private INDArray mixed(INDArray experts, INDArray weights) {
        INDArray matrix = matrix(experts);
        INDArray mixed = Nd4j.createUninitialized(DataType.FLOAT, weights.size(0), matrix.size(1));
        Gemm.multiply(weights, matrix, mixed);
        return mixed.reshape('c', kernels(weights.size(0) * experts.size(2)));
    }

    /** A row for each expert. */
    private static INDArray matrix(INDArray experts) {
        return experts.reshape('c', experts.size(0), experts.length() / experts.size(0));
    }
}
