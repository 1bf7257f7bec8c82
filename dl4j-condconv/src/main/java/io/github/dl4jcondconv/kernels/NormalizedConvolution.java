package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.BatchNorm;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * gamma * (y - mean(y)) / sqrt(var(y) + eps) + beta of y = x * W over a batch, mean and (biased) variance by channel, and
 * its gradients.
 */
public final class NormalizedConvolution {
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
        convolution = new Convolution(
                Layout.any(x.layout().dims()),
                Layout.any(branch.weights.shape()),
                false,
                Layout.any(outputShape),
                branch.window);
        Kernel kernel = convolution.forward(true, PostOps.NONE);
        images = kept(x, kernel.layout(Argument.SRC), keep);
        Layout result = kernel.layout(Argument.DST);
        convolved = new Memory(result, keep.apply(new long[] {result.elements()}));
        kernel.run(Map.of(
                Argument.SRC,
                images,
                Argument.WEIGHTS,
                Reorder.to(kernel.layout(Argument.WEIGHTS), branch.weights),
                Argument.DST,
                convolved));
        normalisation = new BatchNorm(result, (float) branch.eps, false);
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

    /** Normalises into memory that the given function makes. */
    Memory normalized(Function<long[], INDArray> make) {
        Layout layout = convolved.layout();
        Memory result = new Memory(layout, make.apply(new long[] {layout.elements()}));
        normalisation
                .forwardTraining()
                .run(Map.of(
                        Argument.SRC,
                        convolved,
                        Argument.MEAN,
                        Memory.of(mean),
                        Argument.VARIANCE,
                        Memory.of(variance),
                        Argument.SCALE,
                        Memory.of(branch.gamma),
                        Argument.SHIFT,
                        Memory.of(branch.beta),
                        Argument.DST,
                        result));
        return result;
    }

    /**
     * Writes the parameters' gradients.
     *
     * @param upstream gradient of {@link #normalized}, in any layout
     * @return gradient of the convolution's result
     */
    Memory backward(Memory upstream, Gradients gradients) {
        Memory dConvolved = backwardNormalisation(upstream, gradients);
        backwardWeights(dConvolved, gradients.weights);
        return dConvolved;
    }

    /**
     * The gradient of x, in a layout of oneDNN's choice.
     *
     * @param dConvolved what {@link #backward} returned
     */
    Memory backwardData(Memory dConvolved) {
        Kernel kernel = convolution.backwardData();
        Memory dx = Memory.allocate(kernel.layout(Argument.DIFF_SRC));
        kernel.run(Map.of(
                Argument.DIFF_DST,
                Reorder.to(kernel.layout(Argument.DIFF_DST), dConvolved),
                Argument.WEIGHTS,
                Reorder.to(kernel.layout(Argument.WEIGHTS), branch.weights),
                Argument.DIFF_SRC,
                dx));
        return dx;
    }

    private Memory backwardNormalisation(Memory upstream, Gradients gradients) {
        Memory result = Memory.allocate(convolved.layout());
        INDArray dGamma = Nd4j.createUninitialized(DataType.FLOAT, branch.gamma.shape());
        INDArray dBeta = Nd4j.createUninitialized(DataType.FLOAT, branch.beta.shape());
        normalisation
                .backward()
                .run(Map.of(
                        Argument.SRC,
                        convolved,
                        Argument.MEAN,
                        Memory.of(mean),
                        Argument.VARIANCE,
                        Memory.of(variance),
                        Argument.SCALE,
                        Memory.of(branch.gamma),
                        Argument.SHIFT,
                        Memory.of(branch.beta),
                        Argument.DIFF_DST,
                        Reorder.to(convolved.layout(), upstream),
                        Argument.DIFF_SRC,
                        result,
                        Argument.DIFF_SCALE,
                        Memory.of(dGamma),
                        Argument.DIFF_SHIFT,
                        Memory.of(dBeta)));
        gradients.gamma.assign(dGamma);
        gradients.beta.assign(dBeta);
        return result;
    }

    private void backwardWeights(Memory dConvolved, INDArray dWeights) {
        Kernel kernel = convolution.backwardWeights();
        Memory result = Memory.allocate(kernel.layout(Argument.DIFF_WEIGHTS));
        kernel.run(Map.of(
                Argument.SRC,
                Reorder.to(kernel.layout(Argument.SRC), images),
                Argument.DIFF_DST,
                Reorder.to(kernel.layout(Argument.DIFF_DST), dConvolved),
                Argument.DIFF_WEIGHTS,
                result));
        Reorder.copy(result, Memory.of(dWeights));
    }
}
