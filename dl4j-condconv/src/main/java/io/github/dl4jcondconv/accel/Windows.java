package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Window;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/**
 * The sliding window of a layer, by DL4J's rules.
 *
 * @param padding zeros on each side; ignored in Same mode
 */
record Windows(int[] kernel, int[] stride, int[] dilation, int[] padding, ConvolutionMode mode) {

    /** Single pixels, each by itself. */
    static final Windows PIXELS = new Windows(
            new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, new int[] {0, 0}, ConvolutionMode.Truncate);

    static Windows of(ConvolutionLayer conf) {
        return new Windows(
                conf.getKernelSize(),
                conf.getStride(),
                conf.getDilation(),
                conf.getPadding(),
                conf.getConvolutionMode());
    }

    /** (N, C, H', W') of what the window makes of (N, C, H, W), or null where DL4J refuses. */
    long[] outputShape(long[] nchw, long channels) {
        long height = outputSize(0, nchw[2]);
        long width = outputSize(1, nchw[3]);
        return height < 1 || width < 1 ? null : new long[] {nchw[0], channels, height, width};
    }

    /** (N, C, H', W') of what the windows of a deconvolution make of (N, C, H, W), or null where that is nothing. */
    long[] transposedShape(long[] nchw, long channels) {
        long height = transposedSize(0, nchw[2]);
        long width = transposedSize(1, nchw[3]);
        return height < 1 || width < 1 ? null : new long[] {nchw[0], channels, height, width};
    }

    private long transposedSize(int axis, long size) {
        return mode == ConvolutionMode.Same
                ? size * stride[axis]
                : (size - 1) * stride[axis] + extent(axis) - 2L * padding[axis];
    }

    private long outputSize(int axis, long size) {
        long room = size + 2L * padding[axis] - extent(axis);
        boolean fits = room >= 0 && (mode != ConvolutionMode.Strict || room % stride[axis] == 0);
        return mode == ConvolutionMode.Same || fits ? pooledSize(axis, size) : 0;
    }

    /** The same of pooling, whose windows DL4J lets reach over the image by less than a stride. */
    long[] pooledShape(long[] nchw) {
        long height = pooledSize(0, nchw[2]);
        long width = pooledSize(1, nchw[3]);
        return height < 1 || width < 1 ? null : new long[] {nchw[0], nchw[1], height, width};
    }

    private long pooledSize(int axis, long size) {
        return mode == ConvolutionMode.Same
                ? (size + stride[axis] - 1) / stride[axis]
                : (size + 2L * padding[axis] - extent(axis)) / stride[axis] + 1;
    }

    private long extent(int axis) {
        return (kernel[axis] - 1L) * dilation[axis] + 1;
    }

    /** The window on images of a size, or null where DL4J refuses. */
    Window on(long[] in, long[] out) {
        long[] before = {before(0, in[2], out[2]), before(1, in[3], out[3])};
        return Arrays.stream(before).anyMatch(zeros -> zeros < 0)
                ? null
                : new Window(
                        kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], before[0], before[1]);
    }

    private long before(int axis, long in, long out) {
        return mode == ConvolutionMode.Same ? ((out - 1) * stride[axis] + extent(axis) - in) / 2 : padding[axis];
    }
}
