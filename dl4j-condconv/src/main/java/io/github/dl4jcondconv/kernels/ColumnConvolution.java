package io.github.dl4jcondconv.kernels;

/**
 * The convolution of every example with its own kernel by BLAS: {@linkplain ImageProducts products} of its kernel and what
 * its image becomes.
 */
record ColumnConvolution(ImageProducts images, KernelTiles kernels, TileSizes sizes) {
    /** Computes the output. */
    void compute() {
        new TiledProducts(images, kernels, sizes).each((made, inputs, place) -> {
            if (place.isFirstOfInputs()) {
                images.gather(inputs, place.example(), place.band());
            }
            Matrix outputs = images.outputs(place.example(), place.tile(), place.band());
            for (int plane = 0; plane < images.planes(); plane++) {
                Blas.multiply(
                        kernels.plane(place.tile(), made, place.index(), plane),
                        images.plane(inputs, plane),
                        images.plane(outputs, plane));
            }
            images.store(outputs, place.example(), place.tile(), place.band());
        });
    }
}
