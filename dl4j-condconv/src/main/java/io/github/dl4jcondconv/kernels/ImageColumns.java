package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The {@linkplain WindowColumns windows} of a batch's images, for a band of rows of positions; the images themselves where
 * their pixels are the windows.
 */
final class ImageColumns {
    private final INDArray images;
    private final WindowColumns windows;
    private final int rowPositions;
    private final boolean areTheImages;

    /**
     * @param images [N, C, H, W], dense
     * @param outputs [N, nOut, H', W']
     */
    ImageColumns(Window window, INDArray images, INDArray outputs) {
        this.images = images;
        windows = new WindowColumns(window, images.shape(), outputs.shape());
        rowPositions = Math.toIntExact(outputs.size(3));
        areTheImages = WindowColumns.areTheImage(window, images.shape(), outputs.shape());
    }

    /** Whether the images are used themselves. */
    boolean areTheImages() {
        return areTheImages;
    }

    /** Numbers in the matrix of an image for a band of so many rows: what memory must have for each. */
    long size(int rows) {
        return (long) windows.length() * rows * rowPositions;
    }

    /** Memory of the calling thread for the matrices of some images, null where they are the images. */
    INDArray memory(int images, int rows) {
        return areTheImages
                ? null
                : Rows.of(Rows.Use.COLUMNS, images * size(rows)).array();
    }

    /** The matrix of an example, in place {@code slot} of memory; of any content unless it has been filled. */
    Matrix of(INDArray memory, int slot, int example, Band band) {
        return areTheImages
                ? Matrix.of(images, example * pixels(), images.size(1), pixels() / images.size(1))
                : Matrix.of(memory, slot * size(band.rows()), windows.length(), (long) band.rows() * rowPositions);
    }

    /** Fills the matrix of an example. */
    void gather(Matrix columns, int example, Band band) {
        if (!areTheImages) {
            windows.gather(image(example).numbers(), band.from(), band.rows(), columns.numbers());
        }
    }

    /** Adds the matrix to an example's image. */
    void scatter(Matrix columns, int example, Band band) {
        if (!areTheImages) {
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
