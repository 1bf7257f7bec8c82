package io.github.dl4jcondconv.onednn;

/**
 * Where Winograd's algorithm is faster than the direct one. oneDNN's, F(4x4, 3x3), makes tiles of 4 x 4 outputs with 36
 * products in place of 144, from kernels that it enlarges from 9 to 36 numbers. oneDNN's own choice ignores how few tiles
 * small images have.
 */
final class Winograd {
    private static final int TAPS = 3;
    private static final int TILE = 4;

    /** Measured; channels are filled up to whole blocks, of colour images to five times as many. */
    private static final int FEWEST_CHANNELS = 16;

    /** Measured; fewer do not make up for enlarging the kernels at each call. */
    private static final int FEWEST_TILES_TRAINING = 48;

    /** Measured; with kernels enlarged once, fewer do not make up for reading them. */
    private static final int FEWEST_TILES = 4;

    private Winograd() {}

    /** @param training whether kernels change between calls */
    static boolean pays(Convolution convolution, boolean training) {
        Window window = convolution.window();
        long[] out = convolution.dst().dims();
        long tilesOfAnImage = tiles(out[2]) * tiles(out[3]);
        boolean halfFull = 2 * out[2] * out[3] >= tilesOfAnImage * TILE * TILE;
        return window.height() == TAPS
                && window.width() == TAPS
                && window.strideH() == 1
                && window.strideW() == 1
                && convolution.src().dims()[1] >= FEWEST_CHANNELS
                && halfFull
                && out[0] * tilesOfAnImage >= (training ? FEWEST_TILES_TRAINING : FEWEST_TILES);
    }

    private static long tiles(long outputs) {
        return (outputs + TILE - 1) / TILE;
    }
}
