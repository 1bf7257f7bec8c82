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
    private final int used;
    private final float[][] values;
    /** For each row of pixels of a tile, the lines of all tiles. */
    private final float[][] lines;

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
        used = Math.min(width, side * pitch - left);
        lines = new float[side][length * side];
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
        for (int i = 0; i < reach; i++) {
            for (int j = 0; j < reach; j++) {
                int from = i / side * pitch + j / side;
                System.arraycopy(values[i % side * side + j % side], from, reaching[i * reach + j], 0, length);
            }
        }
    }

    void load(FloatBuffer from, int channel, int channels) {
        for (int c = 0; c < channels; c++) {
            from.get(begin(channel + c), image, 0, image.length);
            eachLine(c, (pixel, line, place) -> System.arraycopy(image, pixel, line, place, used));
        }
        for (int p = 0; p < values.length; p++) {
            take(lines[p / side], p % side, values[p]);
        }
    }

    void store(FloatBuffer to, int channel, int channels) {
        for (int p = 0; p < values.length; p++) {
            give(values[p], lines[p / side], p % side);
        }
        for (int c = 0; c < channels; c++) {
            eachLine(c, (pixel, line, place) -> System.arraycopy(line, place, image, pixel, used));
            to.put(begin(channel + c), image, 0, image.length);
        }
    }

    /** Every {@code side}th pixel of lines has the same place in its tile. */
    private void take(float[] line, int first, float[] pixels) {
        for (int i = 0, x = first; i < length; i++, x += side) {
            pixels[i] = line[x];
        }
    }

    private void give(float[] pixels, float[] line, int first) {
        for (int i = 0, x = first; i < length; i++, x += side) {
            line[x] = pixels[i];
        }
    }

    private int begin(int channel) {
        return count == 0 ? 0 : (channel * height + first) * width;
    }

    private interface Line {
        void accept(int pixel, float[] line, int place);
    }

    private void eachLine(int channel, Line action) {
        for (int y = 0; y < count; y++) {
            int below = first + y + top;
            action.accept(y * width, lines[below % side], (channel * rows + below / side) * side * pitch + left);
        }
    }
}
