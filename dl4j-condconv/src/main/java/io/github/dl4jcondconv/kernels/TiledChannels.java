package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;

/**
 * Some channels of an image cut into square tiles, of a band of rows of tiles at a time: the pixels at the same place of all
 * tiles are neighbours. Zeros where the image has no pixels.
 */
final class TiledChannels {
    private final int channels;
    private final int side;
    private final int rows;
    private final int pitch;
    private final int height;
    private final int width;
    private final int top;
    private final int left;
    private final int first;
    private final int count;
    private final int length;
    private final float[][] values;
    private final float[] image;

    /**
     * @param channels at most
     * @param side pixels along a tile
     * @param rows of tiles
     * @param pitch tiles in a row
     * @param height of the image
     * @param width of the image
     * @param top rows of pixels from the first tile to the image, negative where the image begins above
     * @param left pixels from the first tile to the image
     */
    TiledChannels(int channels, int side, int rows, int pitch, int height, int width, int top, int left) {
        this.channels = channels;
        this.side = side;
        this.rows = rows;
        this.pitch = pitch;
        this.height = height;
        this.width = width;
        this.top = top;
        this.left = left;
        first = Math.max(0, -top);
        count = Math.max(0, Math.min(height, side * rows - top) - first);
        length = channels * size();
        values = new float[side * side][length + pitch + 1];
        image = new float[count * width];
    }

    /** Channels at most. */
    int channels() {
        return channels;
    }

    /** Tiles of a channel. */
    int size() {
        return rows * pitch;
    }

    /** Tiles of all channels. */
    int length() {
        return length;
    }

    /** The pixels of the tiles, row by row; each a vector of all tiles. */
    float[][] values() {
        return values;
    }

    /** Copies the pixels of tiles that reach into the next ones: those beyond {@code side} are of these. */
    void copyTo(float[][] reaching, int reach) {
        eachReaching(reaching, reach, (values, from, to) -> System.arraycopy(values, from, to, 0, length));
    }

    /** Adds to the pixels of tiles those of tiles that reach into the next ones. */
    void add(float[][] reaching, int reach) {
        float[] shifted = new float[length];
        eachReaching(reaching, reach, (values, from, given) -> {
            if (from == 0) {
                add(given, values);
                return;
            }
            // Loops that do not begin at index 0 would not be of vector instructions
            System.arraycopy(values, from, shifted, 0, length);
            add(given, shifted);
            System.arraycopy(shifted, 0, values, from, length);
        });
    }

    private void add(float[] given, float[] sum) {
        for (int i = 0; i < length; i++) {
            sum[i] += given[i];
        }
    }

    private interface Reaching {
        void accept(float[] values, int from, float[] reaching);
    }

    private void eachReaching(float[][] reaching, int reach, Reaching action) {
        for (int i = 0; i < reach; i++) {
            for (int j = 0; j < reach; j++) {
                action.accept(values[plane(i, j)], i / side * pitch + j / side, reaching[i * reach + j]);
            }
        }
    }

    private int plane(int y, int x) {
        return y % side * side + x % side;
    }

    void load(FloatBuffer from, int channel, int channels) {
        for (int c = 0; c < channels; c++) {
            from.get(begin(channel + c), image, 0, image.length);
            eachRun(c, (pixel, pixels, values, place) -> {
                for (int i = 0, p = pixel; i < pixels; i++, p += side) {
                    values[place + i] = image[p];
                }
            });
        }
    }

    void store(FloatBuffer to, int channel, int channels) {
        for (int c = 0; c < channels; c++) {
            eachRun(c, (pixel, pixels, values, place) -> {
                for (int i = 0, p = pixel; i < pixels; i++, p += side) {
                    image[p] = values[place + i];
                }
            });
            to.put(begin(channel + c), image, 0, image.length);
        }
    }

    private int begin(int channel) {
        return count == 0 ? 0 : (channel * height + first) * width;
    }

    private interface Run {
        void accept(int pixel, int pixels, float[] values, int place);
    }

    /** Every {@code side}th pixel of a row has the same place in its tile. */
    private void eachRun(int channel, Run run) {
        int used = Math.min(width, side * pitch - left);
        for (int line = 0; line < count; line++) {
            int y = first + line + top;
            for (int column = 0; column < Math.min(side, used); column++) {
                int x = column + left;
                run.accept(
                        line * width + column,
                        (used - column + side - 1) / side,
                        values[plane(y, x)],
                        channel * size() + y / side * pitch + x / side);
            }
        }
    }
}
