package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;
import java.nio.FloatBuffer;

/**
 * The windows of an image as the columns of a matrix [C kH kW, positions], for some rows of positions at a time: a
 * convolution is a product with it. Each channel goes through a Java array in which zeros surround it.
 */
final class WindowColumns {
    private final int channels;
    private final int height;
    private final int width;
    private final int positionsInRow;
    private final Window window;
    private final int lineLength;

    /**
     * @param image (N, C, H, W)
     * @param output (N, nOut, H', W')
     */
    WindowColumns(Window window, long[] image, long[] output) {
        this.window = window;
        channels = Math.toIntExact(image[1]);
        height = Math.toIntExact(image[2]);
        width = Math.toIntExact(image[3]);
        positionsInRow = Math.toIntExact(output[3]);
        lineLength = Math.max(
                (int) window.left() + width,
                reach(positionsInRow, window.strideW(), window.width(), window.dilationW()));
    }

    /** Whether the matrix is the image itself. */
    static boolean areTheImage(Window window, long[] image, long[] output) {
        return window.height() == 1 && window.width() == 1 && image[2] == output[2] && image[3] == output[3];
    }

    /** Pixels that neighbouring windows cover along one side. */
    private static int reach(int windows, long stride, long taps, long dilation) {
        return Math.toIntExact((windows - 1) * stride + (taps - 1) * dilation + 1);
    }

    /** Rows of the matrix. */
    int length() {
        return channels * taps();
    }

    private int taps() {
        return Math.toIntExact(window.height() * window.width());
    }

    /**
     * Fills the matrix.
     *
     * @param image (C, H, W) from index 0 on
     * @param from the first row of positions
     * @param rows how many rows of positions
     */
    void gather(FloatBuffer image, int from, int rows, FloatBuffer columns) {
        Lines lines = new Lines(from, rows);
        float[] found = new float[taps() * rows * positionsInRow];
        for (int c = 0; c < channels; c++) {
            lines.load(image, c);
            lines.eachRun((line, at) -> lines.read(line, found, at));
            columns.put(c * found.length, found, 0, found.length);
        }
    }

    /** Adds each number of the matrix to the pixel that it belongs to. Arguments as for {@link #gather}. */
    void scatter(FloatBuffer columns, int from, int rows, FloatBuffer image) {
        Lines lines = new Lines(from, rows);
        float[] given = new float[taps() * rows * positionsInRow];
        for (int c = 0; c < channels; c++) {
            lines.load(image, c);
            columns.get(c * given.length, given, 0, given.length);
            lines.eachRun((line, at) -> lines.add(line, given, at));
            lines.store(image, c);
        }
    }

    private interface Run {
        /**
         * @param line where the first pixel of a row of windows is among the lines
         * @param at where the numbers of this row are in the matrix
         */
        void accept(int line, int at);
    }

    /** The lines of a channel that some rows of positions read, zeros where the image has none. */
    private final class Lines {
        private final int rows;
        private final int first;
        private final int top;
        private final int count;
        private final float[] values;
        private final float[] image;

        Lines(int from, int rows) {
            this.rows = rows;
            int begin = (int) (from * window.strideH() - window.top());
            int end = begin + reach(rows, window.strideH(), window.height(), window.dilationH());
            first = Math.min(Math.max(0, begin), height);
            top = first - begin;
            count = Math.max(0, Math.min(end, height) - first);
            values = new float[Math.max(end - begin, top + count) * lineLength];
            image = new float[count * width];
        }

        void load(FloatBuffer from, int channel) {
            from.get((channel * height + first) * width, image, 0, image.length);
            for (int y = 0; y < count; y++) {
                System.arraycopy(image, y * width, values, place(y), width);
            }
        }

        void store(FloatBuffer to, int channel) {
            for (int y = 0; y < count; y++) {
                System.arraycopy(values, place(y), image, y * width, width);
            }
            to.put((channel * height + first) * width, image, 0, image.length);
        }

        private int place(int y) {
            return (top + y) * lineLength + (int) window.left();
        }

        /** Row by row of the matrix and, in each, row by row of positions. */
        void eachRun(Run run) {
            int at = 0;
            for (int ky = 0; ky < window.height(); ky++) {
                for (int kx = 0; kx < window.width(); kx++) {
                    for (int y = 0; y < rows; y++) {
                        long line = y * window.strideH() + ky * window.dilationH();
                        run.accept((int) (line * lineLength + kx * window.dilationW()), at);
                        at += positionsInRow;
                    }
                }
            }
        }

        void read(int line, float[] found, int at) {
            int stride = (int) window.strideW();
            if (stride == 1) {
                System.arraycopy(values, line, found, at, positionsInRow);
                return;
            }
            for (int x = 0; x < positionsInRow; x++) {
                found[at + x] = values[line + x * stride];
            }
        }

        void add(int line, float[] given, int at) {
            int stride = (int) window.strideW();
            for (int x = 0; x < positionsInRow; x++) {
                values[line + x * stride] += given[at + x];
            }
        }
    }
}
