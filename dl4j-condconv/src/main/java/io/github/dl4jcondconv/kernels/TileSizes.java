package io.github.dl4jcondconv.kernels;

/**
 * How much is in memory at a time of what a convolution with a kernel for each example makes, in numbers.
 *
 * @param kernels of a tile
 * @param windows of an image, where they are used directly after they were made
 * @param columns windows of some images, where several tiles use them
 */
record TileSizes(int kernels, int windows, int columns) {
    /** Measured on two cores with 1 MB of cache each and 32 MB for both. */
    static final TileSizes MEASURED = new TileSizes(5 << 19, 1 << 18, 1 << 22);

    /** Examples of a tile. As many as there are experts, usually: making kernels writes as much as it reads. */
    private static final int EXAMPLES = 8;

    /** Fewer rows of a product would not be worth the packing of the other matrix. */
    private static final int FEWEST_OUTPUTS = 64;

    /** Examples of a tile for a thread, of which each is to have two tiles at least: one that is late then waits less. */
    int examplesForThread(int all, int threads) {
        return Math.min(EXAMPLES, parts((all + 1) / 2, threads));
    }

    /**
     * Examples of a tile whose windows stay in memory.
     *
     * @param kernel numbers in the kernel of an output channel
     * @param image numbers in the windows of an image, 0 if it has none
     */
    int examplesTogether(int kernel, long image) {
        int most = Math.max(EXAMPLES, kernels / (FEWEST_OUTPUTS * kernel));
        return image == 0 ? most : (int) Math.max(1, Math.min(most, columns / image));
    }

    /** Output channels of a tile. */
    int outputs(int examples, int kernel) {
        return Math.max(1, kernels / (examples * kernel));
    }

    /**
     * Rows of a band.
     *
     * @param row numbers in the windows of a row of positions
     */
    int rows(long row) {
        return (int) Math.max(1, windows / row);
    }

    /** How many each must take. */
    static int parts(int all, int threads) {
        return (all + threads - 1) / threads;
    }
}
