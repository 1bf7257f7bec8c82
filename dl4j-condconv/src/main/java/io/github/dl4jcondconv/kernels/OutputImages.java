package io.github.dl4jcondconv.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The shape of the images that a convolution makes, [examples, channels, height, width], dense. */
record OutputImages(int examples, int channels, int height, int width) {
    static OutputImages of(INDArray images) {
        return new OutputImages(
                Math.toIntExact(images.size(0)),
                Math.toIntExact(images.size(1)),
                Math.toIntExact(images.size(2)),
                Math.toIntExact(images.size(3)));
    }

    /** Some channels and rows of an example, [outputs, positions]. */
    Matrix part(INDArray images, int example, Tile tile, Band band) {
        int plane = height * width;
        long first = ((long) example * channels + tile.output()) * plane + (long) band.from() * width;
        return new Matrix(images, first, tile.outputs(), band.rows() * width, plane, 1);
    }
}
