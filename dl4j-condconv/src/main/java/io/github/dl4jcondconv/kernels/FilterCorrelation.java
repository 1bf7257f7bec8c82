package io.github.dl4jcondconv.kernels;

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

/**
 * The gradients of depthwise filters as what they are: x convolved with dy, a filter as large as the image, with strides
 * and dilations exchanged. oneDNN has code of its own for gradients of 3x3 filters only.
 *
 * @param window of the filters
 */
public record FilterCorrelation(Window window) {

    /**
     * The gradients, one for each channel of each example: [N C', 1, 1, kH, kW] in C order, C' being C filled up to whole
     * blocks.
     *
     * @param x what the filters read, blocked
     * @param dy the gradients by what they made, blocked
     */
    public Memory gradients(Memory x, Memory dy) {
        Layout in = BatchAsChannels.layout(x.layout().dims());
        Layout upstream = BatchAsChannels.layout(dy.layout().dims());
        long[] d = upstream.dims();
        Layout filters = Layout.dense(d[1], 1, 1, d[2], d[3]);
        Window image = new Window(
                d[2],
                d[3],
                window.dilationH(),
                window.dilationW(),
                window.strideH(),
                window.strideW(),
                window.top(),
                window.left());
        long[] size = in.dims();
        Layout out = Layout.blocked(
                1,
                d[1],
                positions(window.height(), size[2] + window.top(), (d[2] - 1) * window.strideH(), window.dilationH()),
                positions(window.width(), size[3] + window.left(), (d[3] - 1) * window.strideW(), window.dilationW()));
        Kernel kernel = new Convolution(in, Layout.any(filters.dims()), false, out, image).forward(true, PostOps.NONE);
        Memory filter = Reorder.to(Layout.dense(d), dy.as(upstream)).as(filters);
        Memory found = Memory.allocate(out);
        kernel.run(Map.of(SRC, x.as(in), WEIGHTS, Reorder.to(kernel.layout(WEIGHTS), filter), DST, found));
        long[] taps = {1, d[1], window.height(), window.width()};
        return Reorder.to(Layout.dense(taps), found.part(new long[taps.length], taps))
                .as(Layout.dense(d[1], 1, 1, window.height(), window.width()));
    }

    /** Positions of the image along an axis: one for each tap, and others where x goes on behind the last window. */
    private static long positions(long taps, long end, long lastWindow, long dilation) {
        return Math.max(taps, (end - lastWindow - 1 + dilation - 1) / dilation + 1);
    }
}
