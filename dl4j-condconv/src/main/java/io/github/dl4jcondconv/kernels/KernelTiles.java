package io.github.dl4jcondconv.kernels;

/**
 * The kernels of a batch's examples, each [nOut, length], of which only tiles are in memory at a time: all of them would be
 * much larger than the images. Threads may make tiles at the same time.
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
     * A matrix [outputs, nIn ...] of the kernel of one of a tile's examples, counted from 0.
     *
     * @param kernels [examples, outputs * length]
     * @param plane which of those that {@link ImageProducts} multiply
     */
    Matrix plane(Tile tile, Matrix kernels, int example, int plane);

    /**
     * Takes the gradient of kernels: of the same outputs at any one time from one thread only, that of the first examples
     * first.
     *
     * @param dKernels [examples, outputs * length]
     */
    void takeGradient(Tile tile, Matrix dKernels);
}
