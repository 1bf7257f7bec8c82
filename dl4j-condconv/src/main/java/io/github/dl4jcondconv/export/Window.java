package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** The window that a convolution or a pooling slides over an image; arrays are height first, then width. */
record Window(int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {

    static Window of(ConvolutionLayer layer) {
        return new Window(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
    }

    static Window of(SubsamplingLayer layer) {
        return new Window(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
    }

    static Window of(Convolution2DBlock layer) {
        return new Window(
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
    }

    boolean isDilated() {
        return Arrays.stream(dilation).anyMatch(d -> d != 1);
    }

    /** Whether it sees one pixel and no padding. */
    boolean isOnePixel() {
        return kernel[0] == 1 && kernel[1] == 1 && padding[0] == 0 && padding[1] == 0;
    }

    /** The pixels that a window of one pixel stops at. */
    String subsample(VertexScope scope, String images) {
        if (stride[0] == 1 && stride[1] == 1) {
            return images;
        }
        String ends = scope.longs(Long.MAX_VALUE, Long.MAX_VALUE);
        return scope.op(
                OnnxOp.SLICE, images, scope.longs(0, 0), ends, scope.longs(2, 3), scope.longs(stride[0], stride[1]));
    }

    boolean isSame() {
        return mode == ConvolutionMode.Same;
    }

    /** Whether each window holds a pixel that is no padding, as ONNX wants of poolings. */
    boolean padsLessThanKernel() {
        return padding[0] < kernel[0] && padding[1] < kernel[1];
    }

    /** Rows or columns that the kernel spans. */
    int extent(int axis) {
        return (kernel[axis] - 1) * dilation[axis] + 1;
    }

    /**
     * Starts a node that slides this window over its first input. Strict and Truncate pad as configured; they differ
     * only in what they refuse. Same pads so that there are ceil(size / stride) windows, the odd row or column at the
     * bottom and right: in numbers if they do not depend on the size of the image, else as SAME_UPPER, which runtimes
     * know without dilation only, else by a computed Pad.
     *
     * @param fill what the padding holds where it has to be written out
     */
    OnnxNode slide(VertexScope scope, OnnxOp op, double fill, String... inputs) {
        if (!isSame()) {
            return node(scope, op, inputs).with("pads", padding[0], padding[1], padding[0], padding[1]);
        }
        if (isSizeIndependent(0) && isSizeIndependent(1)) {
            int rows = extent(0) - 1;
            int columns = extent(1) - 1;
            return node(scope, op, inputs).with("pads", rows / 2, columns / 2, rows - rows / 2, columns - columns / 2);
        }
        if (!isDilated()) {
            return node(scope, op, inputs).with("auto_pad", "SAME_UPPER");
        }
        inputs[0] = SamePadding.pad(scope, inputs[0], this, fill);
        return node(scope, op, inputs);
    }

    private OnnxNode node(VertexScope scope, OnnxOp op, String... inputs) {
        OnnxNode node = scope.node(op, inputs).with("kernel_shape", kernel).with("strides", stride);
        return isDilated() ? node.with("dilations", dilation) : node;
    }

    /** Stride 2 over single pixels is: what is missing, 0 or -1 rows, rounds to none. */
    private boolean isSizeIndependent(int axis) {
        return stride[axis] == 1 || extent(axis) == 1 && stride[axis] == 2;
    }
}
