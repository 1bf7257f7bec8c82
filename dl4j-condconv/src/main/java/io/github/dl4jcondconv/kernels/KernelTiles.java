package io.github.dl4jcondconv.kernels;

/**
 * The kernels of a batch's examples, each [nOut, length], of which only a tile is in memory at a time: all of them would
 * be much larger than the images.
 */
interface KernelTiles {
    /** Numbers in the kernel of an output channel. */
    int length();

    /**
     * Makes kernels.
     *
     * @param kernels [examples, outputs * length], to be overwritten
     */
    void make(Tile tile, Matrix kernels);

    /**
     * Adds to the gradients of what kernels are made of; called for every tile, in the order of {@link Tile#cut}.
     *
     * @param dKernels [examples, outputs * length]
     */
    void addGradient(Tile tile, Matrix dKernels);
}
