package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;

/**
 * Some channels at a time of {@linkplain WinogradImages the planes} of an image, between a matrix, where a plane's
 * channels are neighbouring rows, and Java's vectors.
 */
final class ChannelGroups {
    private static final ThreadLocal<float[][][]> VECTORS = ThreadLocal.withInitial(() -> new float[3][0][0]);

    private final FloatBuffer matrix;
    private final int planes;
    private final int channels;
    private final TiledChannels tiles;
    private final float[][][] vectors;

    /**
     * @param matrix [planes * channels, tiles]
     * @param tiles what the channels are made of, or what is made of them
     */
    ChannelGroups(Matrix matrix, int planes, int channels, TiledChannels tiles) {
        this.matrix = matrix.withGaps().numbers();
        this.planes = planes;
        this.channels = channels;
        this.tiles = tiles;
        vectors = vectors(planes, tiles.length());
    }

    /** The calling thread's, of any content: new ones would not be in its core's cache. */
    private static float[][][] vectors(int planes, int length) {
        float[][] some = VECTORS.get()[0];
        if (some.length < planes || some[0].length < length) {
            VECTORS.set(new float[3][planes][length]);
        }
        return VECTORS.get();
    }

    interface Step {
        void run(int channel, int channels);
    }

    /** Runs a step for all channels, a group after the other. */
    void each(Step step) {
        for (int c = 0; c < channels; c += tiles.channels()) {
            step.run(c, Math.min(tiles.channels(), channels - c));
        }
    }

    /** A vector for each plane. */
    float[][] planes() {
        return vectors[0];
    }

    /** The same, for the pixels of tiles that reach into the next ones. */
    float[][] pixels() {
        return vectors[1];
    }

    /** Overwrites vectors by transformed ones. */
    void transform(TileTransform transform, float[][] from, float[][] to) {
        transform.apply(from, vectors[2], to, tiles.length());
    }

    /** Writes the planes to the matrix. */
    void put(int channel, int count) {
        for (int p = 0; p < planes; p++) {
            matrix.put((p * channels + channel) * tiles.size(), planes()[p], 0, count * tiles.size());
        }
    }

    /** Reads the planes from the matrix. */
    void get(int channel, int count) {
        for (int p = 0; p < planes; p++) {
            matrix.get((p * channels + channel) * tiles.size(), planes()[p], 0, count * tiles.size());
        }
    }
}
