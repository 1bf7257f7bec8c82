package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory for the {@linkplain WindowColumns windows} of some images of a batch, for a band of rows of positions; the images
 * themselves where their pixels are the windows.
 */
final class ImageColumns {
    private final INDArray images;
    private final int bandRows;
    private final WindowColumns windows;
    private final int rowPositions;
    private final INDArray memory;

    /**
     * @param images [N, C, H, W], dense
     * @param output (N, nOut, H', W')
     * @param slots for how many images
     */
    ImageColumns(Window window, INDArray images, long[] output, int slots, int bandRows) {
        this.images = images;
        this.bandRows = bandRows;
        windows = new WindowColumns(window, images.shape(), output);
        rowPositions = Math.toIntExact(output[3]);
        memory = WindowColumns.areTheImage(window, images.shape(), output)
                ? null
                : Nd4j.createUninitialized(DataType.FLOAT, slots * slot());
    }

    private long slot() {
        return (long) windows.length() * bandRows * rowPositions;
    }

    /** Whether the images are used themselves. */
    boolean areTheImages() {
        return memory == null;
    }

    /** The matrix of an example, of any content unless it has been {@linkplain #gather filled}. */
    Matrix of(int slot, int example, Band band) {
        return areTheImages()
                ? Matrix.of(images, example * pixels(), images.size(1), pixels() / images.size(1))
                : Matrix.of(memory, slot * slot(), windows.length(), (long) band.rows() * rowPositions);
    }

    /** Fills the matrix of an example. */
    void gather(Matrix columns, int example, Band band) {
        if (!areTheImages()) {
            windows.gather(image(example).numbers(), band.from(), band.rows(), columns.numbers());
        }
    }

    /** Adds the matrix to an example's image. */
    void scatter(Matrix columns, int example, Band band) {
        if (!areTheImages()) {
            windows.scatter(
                    columns.numbers(), band.from(), band.rows(), image(example).numbers());
        }
    }

    private Matrix image(int example) {
        return Matrix.of(images, example * pixels(), 1, pixels());
    }

    private long pixels() {
        return images.length() / images.size(0);
    }
}
