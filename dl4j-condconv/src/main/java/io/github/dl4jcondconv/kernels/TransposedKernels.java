package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Floats;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The gradient by the images of a convolution without stride, as a convolution of the gradient of its result: with the
 * kernels of every pair of channels upside down and back to front. Unlike oneDNN's kernels for gradients, those for
 * convolutions can add to what is there.
 */
final class TransposedKernels {
    private TransposedKernels() {}

    /** Whether there is such a convolution: oneDNN knows no negative padding. */
    static boolean exist(Window window) {
        return window.strideH() == 1 && window.strideW() == 1 && top(window) >= 0 && left(window) >= 0;
    }

    /** The convolution of the gradient. */
    static Convolution convolution(Layout diffDst, INDArray weights, Layout diffSrc, Window window) {
        long[] kernels = {weights.size(1), weights.size(0), weights.size(2), weights.size(3)};
        Window transposed = new Window(
                window.height(),
                window.width(),
                1,
                1,
                window.dilationH(),
                window.dilationW(),
                top(window),
                left(window));
        return new Convolution(diffDst, Layout.any(kernels), false, diffSrc, transposed);
    }

    private static long top(Window window) {
        return window.dilationH() * (window.height() - 1) - window.top();
    }

    private static long left(Window window) {
        return window.dilationW() * (window.width() - 1) - window.left();
    }

    /** [nIn, nOut, kH, kW] of [nOut, nIn, kH, kW], each kernel turned by half a circle. */
    static Memory of(INDArray weights) {
        int outputs = (int) weights.size(0);
        int inputs = (int) weights.size(1);
        int taps = (int) (weights.size(2) * weights.size(3));
        float[] from = Floats.values(weights);
        float[] to = new float[from.length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                int source = (o * inputs + i) * taps;
                int target = (i * outputs + o) * taps;
                for (int t = 0; t < taps; t++) {
                    to[target + t] = from[source + taps - 1 - t];
                }
            }
        }
        INDArray turned = Nd4j.createUninitialized(DataType.FLOAT, inputs, outputs, weights.size(2), weights.size(3));
        Floats.write(to, turned);
        return Memory.of(turned);
    }
}
