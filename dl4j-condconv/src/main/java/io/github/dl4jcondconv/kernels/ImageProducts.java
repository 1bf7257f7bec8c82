package io.github.dl4jcondconv.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a convolution of images is made of products of matrices, for a band of rows of positions at a time. There are some
 * planes, one below the other; in each, a kernel [nOut, rows] times inputs [rows, positions] is outputs [nOut, positions].
 */
interface ImageProducts {
    int planes();

    OutputImages output();

    /** Rows of positions. */
    int height();

    /** Whether the images are the inputs themselves. */
    boolean imagesAreInputs();

    /** Numbers in the inputs of an image for a row of positions. */
    long rowSize();

    /** Numbers in memory for the inputs of an image for a band of so many rows. */
    long inputSize(int rows);

    /** Memory of the calling thread for the inputs of some images, null where they are the images. */
    INDArray memory(int images, int rows);

    /** The inputs of an example, in place {@code slot} of memory; of any content unless they have been filled. */
    Matrix inputs(INDArray memory, int slot, int example, Band band);

    /** Fills the inputs of an example. */
    void gather(Matrix inputs, int example, Band band);

    /** Where outputs are to be computed; valid until the calling thread asks for others. */
    Matrix outputs(int example, Tile tile, Band band);

    /** Writes computed outputs to the images. */
    void store(Matrix outputs, int example, Tile tile, Band band);

    /** The gradient of outputs, from that of the images; valid until the calling thread asks for others. */
    Matrix upstream(int example, Tile tile, Band band);

    /** A plane of inputs or outputs. */
    default Matrix plane(Matrix all, int plane) {
        int rows = all.rows() / planes();
        return all.rows(plane * rows, rows);
    }
}
