package io.github.dl4jcondconv.kernels;

/** The gradients of the images of a {@link ColumnConvolution}: products of transposed kernels and the output's gradient. */
record ColumnImageGradients(ImageColumns images, KernelTiles kernels, TileSizes sizes) {
    /** Computes them; they must be 0 before unless {@link ImageProducts#imagesAreInputs()}. */
    void compute() {
        new TiledProducts(images, kernels, sizes).each((made, inputs, place) -> {
            Blas.multiply(
                    kernels.plane(place.tile(), made, place.index(), 0).transposed(),
                    images.upstream(place.example(), place.tile(), place.band()),
                    inputs,
                    !place.isFirstOfInputs());
            if (place.isLastOfInputs()) {
                images.scatter(inputs, place.example(), place.band());
            }
        });
    }
}
