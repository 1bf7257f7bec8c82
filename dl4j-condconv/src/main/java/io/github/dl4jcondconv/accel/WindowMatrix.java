package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.ADDEND;
import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.MatMul;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Pieces;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.EnumMap;
import java.util.Map;

/**
 * The convolution of a single image of few pixels as a product of matrices, windows by taps and channels times taps and
 * channels by outputs. oneDNN's convolutions read the weights again for every row of pixels, which takes longer than
 * all else here.
 *
 * @param in (1, C, H, W) of the image, all channels of a pixel side by side
 * @param out (1, C', H', W') of the result, likewise
 */
record WindowMatrix(Window window, long[] in, long[] out) {
    /** Measured; with more taps of windows to copy, the convolutions are as fast. */
    private static final int MOST_COPIES = 48;

    /** Whether it is faster than a convolution. */
    boolean pays() {
        return isImage() || taps() * pixels() <= MOST_COPIES;
    }

    /**
     * after(src * weights + bias).
     *
     * @param src in any layout
     * @param bias or null
     * @param addend what {@code after} adds, in the layout of the result; or null
     */
    void forward(PostOps after, Memory src, FixedWeights weights, Memory bias, Memory addend, Memory dst) {
        Layout matrix = Layout.dense(pixels(), taps() * in[1]);
        Layout result = Layout.dense(pixels(), out[1]);
        PostOps operations = addend == null ? after : PostOps.addThen(result, after.activation());
        Layout any = Layout.any(taps() * in[1], out[1]);
        Kernel kernel = new MatMul(matrix, any, bias != null, result).kernel(operations);
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(SRC, matrix(Reorder.to(Layout.pixels(in), src)));
        arguments.put(WEIGHTS, weights.in(kernel.layout(WEIGHTS)));
        arguments.put(DST, dst.as(result));
        if (bias != null) {
            arguments.put(BIAS, bias.as(Layout.dense(1, out[1])));
        }
        if (addend != null) {
            arguments.put(ADDEND, addend.as(result));
        }
        kernel.run(arguments);
    }

    private long pixels() {
        return out[2] * out[3];
    }

    private long taps() {
        return window.height() * window.width();
    }

    /** Whether the windows are the image's pixels. */
    private boolean isImage() {
        return taps() == 1 && in[2] == out[2] && in[3] == out[3] && window.top() == 0 && window.left() == 0;
    }

    private Memory matrix(Memory src) {
        Layout layout = Layout.dense(pixels(), taps() * in[1]);
        if (isImage()) {
            return src.as(layout);
        }
        Memory windows = Memory.allocate(layout);
        windows.array().assign(0);
        pieces().copy(src, windows);
        return windows;
    }

    /** What the windows see of the image; beyond it there are zeros. */
    private Pieces pieces() {
        Pieces pieces = new Pieces();
        for (long pixel = 0; pixel < pixels(); pixel++) {
            for (long tap = 0; tap < taps(); tap++) {
                long y = pixel / out[3] * window.strideH() + tap / window.width() * window.dilationH() - window.top();
                long x = pixel % out[3] * window.strideW() + tap % window.width() * window.dilationW() - window.left();
                if (y >= 0 && y < in[2] && x >= 0 && x < in[3]) {
                    pieces.add((y * in[3] + x) * in[1], (pixel * taps() + tap) * in[1], in[1]);
                }
            }
        }
        return pieces;
    }
}
