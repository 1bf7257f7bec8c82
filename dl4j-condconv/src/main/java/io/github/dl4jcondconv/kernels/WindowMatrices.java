package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;

/**
 * Images with the zeros around them that windows see, and their windows as matrices, one for each example: windows by taps
 * of some channels, in the order in which kernels [nOut, nIn, kH, kW] have them; or the same transposed.
 */
final class WindowMatrices {
    private static final PostOps ADD = new PostOps(true, null);

    private final Window window;
    private final long[] images;
    private final long[] outputs;
    private final long width;
    private final long plane;
    private final Memory padded;

    private WindowMatrices(Window window, long[] images, long[] outputs) {
        this.window = window;
        this.images = images;
        this.outputs = outputs;
        // Wide enough for rows of windows to end before others begin: layouts must not look like overlaps
        width = Math.max(
                window.left() + images[3], outputs[3] * window.strideW() + (window.width() - 1) * window.dilationW());
        long height = Math.max(
                window.top() + images[2], outputs[2] * window.strideH() + (window.height() - 1) * window.dilationH());
        plane = height * width;
        padded = Memory.allocate(Layout.dense(images[0], images[1], height, width));
    }

    /**
     * Of images that are 0.
     *
     * @param images (N, C, H, W)
     * @param outputs (N, nOut, H', W'), a pixel for each window
     */
    static WindowMatrices zeros(Window window, long[] images, long[] outputs) {
        WindowMatrices result = new WindowMatrices(window, images, outputs);
        result.padded.array().assign(0);
        return result;
    }

    /** Of images. */
    static WindowMatrices of(Window window, Memory images, long[] outputs) {
        long[] dims = images.layout().dims();
        WindowMatrices result = new WindowMatrices(window, dims, outputs);
        if (result.plane != dims[2] * dims[3]) {
            result.padded.array().assign(0);
        }
        Reorder.copy(images, result.unpadded());
        return result;
    }

    /** Writes the images. */
    void store(Memory target) {
        Reorder.copy(unpadded(), target);
    }

    private Memory unpadded() {
        long[] strides = {images[1] * plane, plane, width, 1};
        return padded.from(window.top() * width + window.left(), Layout.strided(images, strides));
    }

    /** The layout of the matrices of so many channels, [N, windows, taps]. */
    Layout rows(long channels) {
        return Layout.dense(images[0], windows(), channels * taps());
    }

    /** The layout of the same transposed, [N, taps, windows]. */
    Layout columns(long channels) {
        return Layout.dense(images[0], channels * taps(), windows());
    }

    /** Writes the matrices of {@code channels} channels from {@code first} on. */
    void toRows(long first, long channels, Memory rows) {
        Layout pixels = pixels(channels);
        Layout numbers = inRows(channels);
        Kernel copy = new Reorder(pixels, numbers, PostOps.NONE).kernel();
        for (long tap = 0; tap < taps(); tap++) {
            copy.run(Map.of(SRC, seen(first, tap, pixels), DST, rows.from(tap, numbers)));
        }
    }

    /** Writes the same transposed. */
    void toColumns(long first, long channels, Memory columns) {
        Layout pixels = pixels(channels);
        Layout numbers = inColumns(channels);
        Kernel copy = new Reorder(pixels, numbers, PostOps.NONE).kernel();
        for (long tap = 0; tap < taps(); tap++) {
            copy.run(Map.of(SRC, seen(first, tap, pixels), DST, columns.from(tap * windows(), numbers)));
        }
    }

    /** Adds each number of the matrices of some channels to the pixel that it belongs to. */
    void addRows(long first, long channels, Memory rows) {
        Layout pixels = pixels(channels);
        Layout numbers = inRows(channels);
        Kernel add = new Reorder(numbers, pixels, ADD).kernel();
        for (long tap = 0; tap < taps(); tap++) {
            add.run(Map.of(SRC, rows.from(tap, numbers), DST, seen(first, tap, pixels)));
        }
    }

    /** The pixels that all windows see at a tap. */
    private Memory seen(long channel, long tap, Layout pixels) {
        long down = tap / window.width() * window.dilationH();
        long right = tap % window.width() * window.dilationW();
        return padded.from(channel * plane + down * width + right, pixels);
    }

    private Layout pixels(long channels) {
        return tap(channels, images[1] * plane, plane, window.strideH() * width, window.strideW());
    }

    /** Where a tap's are in rows, as in all layouts of (N, channels, H', W'). */
    private Layout inRows(long channels) {
        long row = channels * taps();
        return tap(channels, windows() * row, taps(), outputs[3] * row, row);
    }

    private Layout inColumns(long channels) {
        return tap(channels, channels * taps() * windows(), taps() * windows(), outputs[3], 1);
    }

    private Layout tap(long channels, long... strides) {
        return Layout.strided(new long[] {images[0], channels, outputs[2], outputs[3]}, strides);
    }

    private long windows() {
        return outputs[2] * outputs[3];
    }

    private long taps() {
        return window.height() * window.width();
    }
}
