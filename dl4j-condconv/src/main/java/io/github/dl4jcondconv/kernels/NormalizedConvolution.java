package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SCALE;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.MEAN;
import static io.github.dl4jcondconv.onednn.Argument.SCALE;
import static io.github.dl4jcondconv.onednn.Argument.SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.VARIANCE;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.BatchNorm;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * gamma * (y - mean(y)) / sqrt(var(y) + eps) + beta of y = x * W over a batch, mean and (biased) variance by channel, and
 * its gradients.
 */
public final class NormalizedConvolution {
    private static final PostOps ADD = new PostOps(true, null);

    private final Branch branch;
    private final Convolution convolution;
    private final Memory images;
    private final Memory convolved;
    private final BatchNorm normalisation;
    private final INDArray mean;
    private final INDArray variance;

    /**
     * The convolution's window and parameters.
     *
     * @param weights [nOut, nIn, kH, kW]
     * @param gamma [nOut]
     * @param beta [nOut]
     */
    public record Branch(Window window, INDArray weights, INDArray gamma, INDArray beta, double eps) {}

    /** Where gradients go: arrays of the parameters' shapes, to be overwritten. */
    public record Gradients(INDArray weights, INDArray gamma, INDArray beta) {}

    /**
     * Convolves and keeps what the backward pass needs.
     *
     * @param x [N, nIn, H, W] in any layout, in memory that stays until the backward pass
     * @param outputShape [N, nOut, H', W']
     * @param keep makes arrays that stay until the backward pass
     */
    NormalizedConvolution(Branch branch, Memory x, long[] outputShape, Function<long[], INDArray> keep) {
        this.branch = branch;
        Layout blocked = Layout.blocked(outputShape);
        convolution = new Convolution(
                Images.preferred(x.layout().dims()), Layout.any(branch.weights.shape()), false, blocked, branch.window);
        Kernel kernel = convolution.forward(true, PostOps.NONE);
        images = kept(x, kernel.layout(SRC), keep);
        convolved = new Memory(blocked, keep.apply(new long[] {blocked.elements()}));
        kernel.run(Map.of(SRC, images, WEIGHTS, Reorder.to(kernel.layout(WEIGHTS), branch.weights), DST, convolved));
        normalisation = new BatchNorm(blocked, (float) branch.eps, false);
        mean = keep.apply(branch.gamma.shape());
        variance = keep.apply(branch.gamma.shape());
    }

    private static Memory kept(Memory x, Layout layout, Function<long[], INDArray> keep) {
        if (x.layout().equals(layout)) {
            return x;
        }
        Memory copy = new Memory(layout, keep.apply(new long[] {layout.elements()}));
        Reorder.copy(x, copy);
        return copy;
    }

    /** Mean of the batch, [nOut]. */
    public INDArray mean() {
        return mean;
    }

    /** Biased variance of the batch, [nOut]. */
    public INDArray variance() {
        return variance;
    }

    /** The images in the layout of the convolution. */
    Memory images() {
        return images;
    }

    /** Normalises into {@code target}, blocked; returns it. */
    Memory normalize(Memory target) {
        normalisation
                .forwardTraining()
                .run(Map.of(
                        SRC,
                        convolved,
                        MEAN,
                        Memory.of(mean),
                        VARIANCE,
                        Memory.of(variance),
                        SCALE,
                        Memory.of(branch.gamma),
                        SHIFT,
                        Memory.of(branch.beta),
                        DST,
                        target));
        return target;
    }

    /**
     * Writes the parameters' gradients.
     *
     * @param upstream gradient of what {@link #normalize} made, blocked
     * @param dConvolved where the gradient of the convolution's result goes, blocked
     */
    void backward(Memory upstream, Memory dConvolved, Gradients gradients) {
        normalisation
                .backward()
                .run(Map.of(
                        SRC,
                        convolved,
                        MEAN,
                        Memory.of(mean),
                        VARIANCE,
                        Memory.of(variance),
                        SCALE,
                        Memory.of(branch.gamma),
                        SHIFT,
                        Memory.of(branch.beta),
                        DIFF_DST,
                        upstream,
                        DIFF_SRC,
                        dConvolved,
                        DIFF_SCALE,
                        Memory.of(gradients.gamma),
                        DIFF_SHIFT,
                        Memory.of(gradients.beta)));
        backwardWeights(dConvolved, gradients.weights);
    }

    private void backwardWeights(Memory dConvolved, INDArray dWeights) {
        Kernel kernel = convolution.backwardWeights();
        Memory found = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), images),
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), dConvolved),
                DIFF_WEIGHTS,
                found));
        Reorder.copy(found, Memory.of(dWeights));
    }

    /**
     * Writes the gradient of x.
     *
     * @param dConvolved what {@link #backward} wrote
     * @param dx blocked
     * @param add whether to add to what is there
     */
    void backwardData(Memory dConvolved, Memory dx, boolean add) {
        if (TransposedKernels.exist(branch.window)) {
            Kernel kernel = TransposedKernels.convolution(
                            dConvolved.layout(), branch.weights, dx.layout(), branch.window)
                    .forward(true, add ? ADD : PostOps.NONE);
            Memory kernels = Reorder.to(kernel.layout(WEIGHTS), TransposedKernels.of(branch.weights));
            kernel.run(Map.of(SRC, dConvolved, WEIGHTS, kernels, DST, dx));
            return;
        }
        Kernel kernel = convolution.backwardData();
        Memory found = Memory.allocate(kernel.layout(DIFF_SRC));
        kernel.run(Map.of(
                DIFF_DST,
                Reorder.to(kernel.layout(DIFF_DST), dConvolved),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), branch.weights),
                DIFF_SRC,
                found));
        new Reorder(found.layout(), dx.layout(), add ? ADD : PostOps.NONE)
                .kernel()
                .run(Map.of(SRC, found, DST, dx));
    }
}
