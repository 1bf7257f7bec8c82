package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the accelerated convolution layers share: forward and backward pass between arrays as DL4J has them. */
final class ConvolutionCore {
    /** Measured: with fewer multiplications, Winograd's algorithm and the direct one take equally long for an image. */
    private static final long FEW_MULTIPLICATIONS = 1 << 24;

    private final Windows windows;
    private final CNN2DFormat format;
    private final OutputActivation activation;
    private final boolean fixed;

    /** Made at the first pass of a layer whose parameters are fixed. */
    private FixedWeights fixedWeights;

    /** @param fixed whether parameters do not change any more */
    ConvolutionCore(Windows windows, CNN2DFormat format, IActivation activation, boolean fixed) {
        this.windows = windows;
        this.format = format;
        this.activation = new OutputActivation(activation, format);
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
        boolean inBlocks = blocked && activation.takesBlocked() && Images.canBeBlocked(out[1]);
        INDArray y = Images.create(workspaces, ArrayType.ACTIVATIONS, out, format, inBlocks);
        write(input, filters, bias, y);
        return activation.apply(y, training, workspaces, keepsOutput);
    }

    /** Whether {@link #write} applies the activation. */
    boolean activatesByKernels() {
        return activation.isByKernels();
    }

    /** What {@link #write} wrote, with the activation where kernels do not do that. */
    INDArray activated(INDArray y, LayerWorkspaceMgr workspaces) {
        return activation.apply(y, false, workspaces, false);
    }

    /** Writes the convolution of images, and the activation where kernels do that. */
    void write(INDArray input, Filters filters, INDArray bias, INDArray y) {
        Memory src = Images.memory(input, format);
        Memory offsets = bias == null ? null : Images.vector(bias);
        Memory dst = Images.memory(y, format);
        WindowMatrix matrix = matrix(input, y);
        if (matrix != null) {
            matrix.forward(activation.postOps(), src, fixedWeights(filters), offsets, null, dst);
            return;
        }
        ConvolutionPass pass = pass(input, filters, bias != null, y);
        if (fixed) {
            pass.forward(activation.postOps(), src, fixedWeights(filters), offsets, dst);
        } else {
            pass.forward(activation.postOps(), src, filters.memory(), offsets, dst);
        }
    }

    /** Writes the ReLU of the sum of the convolution of images and of others, blocked, in a network that only predicts. */
    void writeRectifiedSum(INDArray input, Filters filters, INDArray bias, INDArray addend, INDArray y) {
        Memory src = Images.memory(input, format);
        Memory offsets = bias == null ? null : Images.vector(bias);
        Memory dst = Images.memory(y, format);
        WindowMatrix matrix = matrix(input, y);
        Eltwise.Function relu = Eltwise.Function.RELU;
        if (matrix != null) {
            Memory others = Reorder.to(dst.layout(), Images.memory(addend, format));
            matrix.forward(PostOps.of(relu), src, fixedWeights(filters), offsets, others, dst);
            return;
        }
        ConvolutionPass pass = pass(input, filters, bias != null, y);
        Memory others = Reorder.to(pass.convolution().dst(), Images.memory(addend, format));
        pass.forwardAndAdd(relu, src, fixedWeights(filters), offsets, others, dst);
    }

    /** What computes an output in one block, which only networks that predict have, if that is not a convolution. */
    private WindowMatrix matrix(INDArray input, INDArray y) {
        if (!Images.areInOneBlock(y)) {
            return null;
        }
        long[] in = Images.shape(input, format);
        long[] out = Images.shape(y, format);
        WindowMatrix matrix = new WindowMatrix(windows.on(in, out), in, out);
        return matrix.pays() ? matrix : null;
    }

    /**
     * Whether the convolution of a single image is better with all channels of a pixel side by side: where there are few
     * pixels, and where it is as fast and the input lies so or is plain; so no image need be copied from blocks later.
     *
     * @param out (N, C, H, W)
     */
    boolean isBetterInOneBlock(INDArray input, long[] out) {
        if (Images.areBlocked(input) && !Images.areInOneBlock(input)) {
            return Images.areBetterInOneBlock(out);
        }
        long[] in = Images.shape(input, format);
        Window window = windows.on(in, out);
        long multiplications = window.height() * window.width() * in[1] * out[1] * out[2] * out[3];
        boolean asFast = !window.isDense3x3() || multiplications <= FEW_MULTIPLICATIONS;
        return Images.areBetterInOneBlock(out) || asFast && Images.areAsGoodInOneBlock(out);
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
        Memory delta = activation.delta(epsilon);
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
        activation.clear();
    }

    /** A pass in the layout of the output where that is one block. */
    private ConvolutionPass pass(INDArray input, Filters filters, boolean bias, INDArray y) {
        long[] in = Images.shape(input, format);
        if (!Images.areInOneBlock(y)) {
            return pass(in, filters, bias);
        }
        long[] out = Images.shape(y, format);
        return new ConvolutionPass(new Convolution(
                Layout.pixels(in),
                Layout.any(filters.memory().layout().dims()),
                bias,
                Layout.pixels(out),
                windows.on(in, out)));
    }

    private ConvolutionPass pass(long[] in, Filters filters, boolean bias) {
        long[] out = windows.outputShape(in, filters.outputs());
        long[] weights = filters.memory().layout().dims();
        // Of groups, oneDNN has code for blocked images in some cases only
        boolean grouped = weights.length > 4;
        return new ConvolutionPass(new Convolution(
                grouped ? Layout.any(in) : Images.preferred(in),
                Layout.any(weights),
                bias,
                grouped ? Layout.any(out) : Images.preferred(out),
                windows.on(in, out)));
    }

    /** The parameters of a convolution, or their gradients: [nOut, nIn, kH, kW] or in groups. */
    record Filters(long outputs, Memory memory) {
        /** Of [nOut, nIn, kH, kW]. */
        static Filters of(INDArray weights) {
            return new Filters(weights.size(0), Memory.of(weights));
        }

        /** Of groups that read one channel each: [groups, outputs of each, kH, kW]. */
        static Filters ofGroups(INDArray weights) {
            long[] d = weights.shape();
            long[] s = weights.stride();
            Layout layout =
                    Layout.strided(new long[] {d[0], d[1], 1, d[2], d[3]}, new long[] {s[0], s[1], 1, s[2], s[3]});
            return new Filters(d[0] * d[1], new Memory(layout, weights));
        }
    }
}
