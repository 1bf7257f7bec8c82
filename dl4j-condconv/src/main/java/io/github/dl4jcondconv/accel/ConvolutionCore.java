package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the accelerated convolution layers share: forward and backward pass between arrays as DL4J has them. */
final class ConvolutionCore {
    private final Windows windows;
    private final CNN2DFormat format;
    private final IActivation activation;

    private final boolean fixed;

    /** From the last training pass: the output of a rectifier, before the activation of other functions. */
    private INDArray kept;

    /** Made at the first pass of a layer whose parameters are fixed. */
    private FixedWeights fixedWeights;

    /** @param fixed whether parameters do not change any more */
    ConvolutionCore(Windows windows, CNN2DFormat format, IActivation activation, boolean fixed) {
        this.windows = windows;
        this.format = format;
        this.activation = activation;
        this.fixed = fixed;
    }

    /** Whether DL4J accepts images of this size. */
    boolean accepts(INDArray input) {
        long[] in = Images.shape(input, format);
        long[] out = windows.outputShape(in, 1);
        return out != null && windows.on(in, out) != null;
    }

    /**
     * The layer's output.
     *
     * @param bias or null
     * @param blocked whether it may be blocked
     * @param keepsOutput whether nothing changes the output before the backward pass
     */
    INDArray activate(
            INDArray input,
            Filters filters,
            INDArray bias,
            boolean training,
            LayerWorkspaceMgr workspaces,
            boolean blocked,
            boolean keepsOutput) {
        long[] out = outputShape(input, filters.outputs());
        INDArray y =
                Images.create(workspaces, ArrayType.ACTIVATIONS, out, format, blocked && Images.canBeBlocked(out[1]));
        write(input, filters, bias, y);
        boolean rectified = OwnActivation.rectifier(activation) != null;
        boolean needed = training && !OwnActivation.isIdentity(activation);
        kept = needed ? rectified && keepsOutput ? y : workspaces.dup(ArrayType.INPUT, y, 'c') : null;
        return rectified ? y : activation.getActivation(y, training);
    }

    /** Writes the convolution of images, and the activation where kernels do that. */
    void write(INDArray input, Filters filters, INDArray bias, INDArray y) {
        ConvolutionPass pass = pass(Images.shape(input, format), filters, bias != null);
        Memory src = Images.memory(input, format);
        Memory offsets = bias == null ? null : Images.vector(bias);
        Memory dst = Images.memory(y, format);
        if (fixed) {
            pass.forward(OwnActivation.postOps(activation), src, fixedWeights(filters), offsets, dst);
        } else {
            pass.forward(OwnActivation.postOps(activation), src, filters.memory(), offsets, dst);
        }
    }

    /** Writes the ReLU of the sum of the convolution of images and of others, blocked, in a network that only predicts. */
    void writeRectifiedSum(INDArray input, Filters filters, INDArray bias, INDArray addend, INDArray y) {
        pass(Images.shape(input, format), filters, bias != null)
                .forwardAndAdd(
                        Eltwise.Function.RELU,
                        Images.memory(input, format),
                        fixedWeights(filters),
                        bias == null ? null : Images.vector(bias),
                        Images.memory(addend, format),
                        Images.memory(y, format));
    }

    private FixedWeights fixedWeights(Filters filters) {
        if (fixedWeights == null) {
            fixedWeights = new FixedWeights(filters.memory());
        }
        return fixedWeights;
    }

    /** The form of the output. */
    long[] outputShape(INDArray input, long outputs) {
        return windows.outputShape(Images.shape(input, format), outputs);
    }

    /**
     * The gradients.
     *
     * @param biasGradient or null
     * @param wanted whether the gradient by the input is
     * @return the gradient by the input, or null
     */
    INDArray backprop(
            INDArray input,
            INDArray epsilon,
            Filters filters,
            Filters filterGradients,
            INDArray biasGradient,
            LayerWorkspaceMgr workspaces,
            boolean wanted) {
        long[] in = Images.shape(input, format);
        ConvolutionPass pass = pass(in, filters, biasGradient != null);
        Memory delta = delta(epsilon);
        pass.backwardWeights(
                Images.memory(input, format),
                delta,
                filterGradients.memory(),
                biasGradient == null ? null : Images.vector(biasGradient));
        if (!wanted) {
            return null;
        }
        INDArray result = Images.create(workspaces, ArrayType.ACTIVATION_GRAD, in, format, Images.areBlocked(input));
        pass.backwardData(delta, filters.memory(), Images.memory(result, format));
        return result;
    }

    void clear() {
        kept = null;
    }

    /** The gradient before the activation. */
    private Memory delta(INDArray epsilon) {
        if (OwnActivation.isIdentity(activation)) {
            return Images.memory(epsilon, format);
        }
        INDArray like = Images.like(kept, epsilon, format);
        if (!OwnActivation.isRelu(activation)) {
            // Also of a leaky ReLU, whose derivative at 0 is 1 in DL4J
            return Images.memory(activation.backprop(kept.dup('c'), like).getFirst(), format);
        }
        Memory output = Images.memory(kept, format);
        Kernel kernel = new Eltwise(Eltwise.Function.RELU, output.layout()).backward();
        Memory delta = Memory.allocate(output.layout());
        kernel.run(Map.of(
                SRC, output, DIFF_DST, Reorder.to(output.layout(), Images.memory(like, format)), DIFF_SRC, delta));
        return delta;
    }

    private ConvolutionPass pass(long[] in, Filters filters, boolean bias) {
        long[] out = windows.outputShape(in, filters.outputs());
        return new ConvolutionPass(new Convolution(
                Images.preferred(in),
                Layout.any(filters.memory().layout().dims()),
                bias,
                Images.preferred(out),
                windows.on(in, out)));
    }

    /** The parameters of a convolution, or their gradients: [nOut, nIn, kH, kW] or in groups. */
    record Filters(long outputs, Memory memory) {}
}
