package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One product for a convolution: of its kernel and the image's {@linkplain WindowColumns windows}, or the image itself. */
final class ImageColumns implements ImageProducts {
    private final INDArray images;
    private final INDArray outputs;
    private final OutputImages output;
    private final WindowColumns windows;
    private final boolean imagesAreInputs;

    /**
     * @param images [N, C, H, W], dense
     * @param outputs [N, nOut, H', W'], dense
     */
    ImageColumns(Window window, INDArray images, INDArray outputs) {
        this.images = images;
        this.outputs = outputs;
        output = OutputImages.of(outputs);
        windows = new WindowColumns(window, images.shape(), outputs.shape());
        imagesAreInputs = WindowColumns.areTheImage(window, images.shape(), outputs.shape());
    }

    @Override
    public int planes() {
        return 1;
    }

    @Override
    public OutputImages output() {
        return output;
    }

    @Override
    public int height() {
        return output.height();
    }

    @Override
    public boolean imagesAreInputs() {
        return imagesAreInputs;
    }

    @Override
    public long rowSize() {
        return (long) windows.length() * output.width();
    }

    @Override
    public long inputSize(int rows) {
        return rows * rowSize();
    }

    @Override
    public INDArray memory(int images, int rows) {
        return imagesAreInputs
                ? null
                : Rows.of(Rows.Use.COLUMNS, images * inputSize(rows)).array();
    }

    @Override
    public Matrix inputs(INDArray memory, int slot, int example, Band band) {
        return imagesAreInputs
                ? Matrix.of(images, example * pixels(), images.size(1), pixels() / images.size(1))
                : Matrix.of(
                        memory, slot * inputSize(band.rows()), windows.length(), (long) band.rows() * output.width());
    }

    @Override
    public void gather(Matrix inputs, int example, Band band) {
        if (!imagesAreInputs) {
            windows.gather(image(example).numbers(), band.from(), band.rows(), inputs.numbers());
        }
    }

    /** Adds the gradient of inputs to that of an example's image. */
    void scatter(Matrix inputs, int example, Band band) {
        if (!imagesAreInputs) {
            windows.scatter(
                    inputs.numbers(), band.from(), band.rows(), image(example).numbers());
        }
    }

    @Override
    public Matrix outputs(int example, Tile tile, Band band) {
        return output.part(outputs, example, tile, band);
    }

    @Override
    public void store(Matrix computed, int example, Tile tile, Band band) {
        // They were computed in the images
    }

    @Override
    public Matrix upstream(int example, Tile tile, Band band) {
        return output.part(outputs, example, tile, band);
    }

    private Matrix image(int example) {
        return Matrix.of(images, example * pixels(), 1, pixels());
    }

    private long pixels() {
        return images.length() / images.size(0);
    }
}
