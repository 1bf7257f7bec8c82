package io.github.dl4jcondconv.golden;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The geometry of a convolution; each array holds the value for the height, then the one for the width. */
record Window(long[] kernel, long[] stride, long[] padding, long[] dilation, Mode mode) {

    /** DL4J's convolution modes, by their DL4J names. */
    enum Mode {
        Truncate,
        Strict,
        Same
    }

    /** A window without padding, of stride and dilation 1. */
    static Window of(long height, long width) {
        return new Window(pair(height, width), pair(1, 1), pair(0, 0), pair(1, 1), Mode.Truncate);
    }

    Window stride(long height, long width) {
        return new Window(kernel, pair(height, width), padding, dilation, mode);
    }

    Window padding(long height, long width) {
        return new Window(kernel, stride, pair(height, width), dilation, mode);
    }

    Window dilation(long height, long width) {
        return new Window(kernel, stride, padding, pair(height, width), mode);
    }

    Window mode(Mode value) {
        return new Window(kernel, stride, padding, dilation, value);
    }

    Map<String, String> configuration() {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("kernel", text(kernel));
        configuration.put("stride", text(stride));
        configuration.put("padding", text(padding));
        configuration.put("dilation", text(dilation));
        configuration.put("mode", mode.name());
        return configuration;
    }

    /**
     * Convolves with a kernel that sits at the centre of this window. A kernel smaller than the window needs less
     * padding, by dilation * (window / 2 - kernel / 2) on each side; negative padding crops the input.
     *
     * @param kernels {@code [outputs, inputs / groups, height, width]}
     */
    Tensor convolve(Tensor input, Tensor kernels, TensorOptional bias, long groups) {
        long[] vertical = border(0, input.size(2), kernels.size(2));
        long[] horizontal = border(1, input.size(3), kernels.size(3));
        Tensor framed = torch.constant_pad_nd(
                input, new long[] {horizontal[0], horizontal[1], vertical[0], vertical[1]}, new Scalar(0.0));
        return torch.conv2d(framed, kernels, bias, stride, pair(0, 0), dilation, groups);
    }

    /** The padding before and after the image along one axis, for a kernel of the given extent. */
    private long[] border(int axis, long image, long extent) {
        long before = padding[axis];
        long after = padding[axis];
        if (mode == Mode.Same) {
            long outputs = (image + stride[axis] - 1) / stride[axis];
            long covered = (outputs - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1;
            long total = Math.max(0, covered - image);
            before = total / 2;
            after = total - before;
        }
        long spared = dilation[axis] * (kernel[axis] / 2 - extent / 2);
        return pair(before - spared, after - spared);
    }

    private static long[] pair(long first, long second) {
        return new long[] {first, second};
    }

    private static String text(long[] pair) {
        return Arrays.stream(pair).mapToObj(Long::toString).collect(Collectors.joining(","));
    }
}
