package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The convolution of every example with its own kernel by BLAS, and the gradient of its images: {@linkplain ImageProducts
 * products} of its kernel and what its image becomes. A thread makes the kernels of the examples that it convolves.
 */
record ColumnConvolution(ImageProducts images, KernelTiles kernels, TileSizes sizes) {
    /** Computes the output. */
    void forward() {
        eachProduct((kernel, inputs, place) -> {
            if (place.isFirstOfInputs()) {
                images.gather(inputs, place.example, place.band);
            }
            Matrix outputs = images.outputs(place.example, place.tile, place.band);
            for (int plane = 0; plane < images.planes(); plane++) {
                Blas.multiply(images.plane(kernel, plane), images.plane(inputs, plane), images.plane(outputs, plane));
            }
            images.store(outputs, place.example, place.tile, place.band);
        });
    }

    /** Computes the gradient of the images, which must be 0 unless {@link ImageProducts#imagesAreInputs()}. */
    void backwardImages() {
        eachProduct((kernel, inputs, place) -> {
            Matrix upstream = images.upstream(place.example, place.tile, place.band);
            for (int plane = 0; plane < images.planes(); plane++) {
                Blas.multiply(
                        images.plane(kernel, plane).transposed(),
                        images.plane(upstream, plane),
                        images.plane(inputs, plane),
                        !place.isFirstOfInputs());
            }
            if (place.isLastOfInputs()) {
                images.scatter(inputs, place.example, place.band);
            }
        });
    }

    /** Which products of kernel and inputs; the inputs of whole images stay for the next tile of the same examples. */
    private record Place(Tile tile, int example, Band band, int height, int channels) {
        boolean isFirstOfInputs() {
            return tile.output() == 0 || band.rows() < height;
        }

        boolean isLastOfInputs() {
            return tile.output() + tile.outputs() == channels || band.rows() < height;
        }
    }

    private interface Product {
        void compute(Matrix kernel, Matrix inputs, Place place);
    }

    private void eachProduct(Product product) {
        OutputImages output = images.output();
        int examples = sizes.examplesForThread(output.examples(), OneDnn.threads());
        List<Tile> groups = Tile.byExample(output.examples(), examples, output.channels());
        Blas.share(groups.size(), i -> eachProduct(groups.get(i), product));
    }

    private void eachProduct(Tile group, Product product) {
        List<Tile> tiles = group.byOutput(sizes.outputs(group.examples(), kernels.length()));
        List<Band> bands = bands(tiles);
        int slots = bands.size() > 1 ? 1 : group.examples();
        INDArray memory = images.memory(slots, bands.get(0).rows());
        for (Tile tile : tiles) {
            Matrix made = tile.memory(kernels.length());
            kernels.make(tile, made);
            for (int n = 0; n < tile.examples(); n++) {
                Matrix kernel = images.kernel(tile.kernel(made, n, kernels.length()));
                int example = tile.example() + n;
                for (Band band : bands) {
                    Place place = new Place(
                            tile,
                            example,
                            band,
                            images.height(),
                            images.output().channels());
                    product.compute(kernel, images.inputs(memory, n % slots, example, band), place);
                }
            }
        }
    }

    /** All rows at once where images are used themselves, or several tiles use the same inputs and there is room for all. */
    private List<Band> bands(List<Tile> tiles) {
        int height = images.height();
        boolean stay = tiles.size() > 1 && tiles.get(0).examples() * images.inputSize(height) <= sizes.columns();
        return Band.cut(height, images.imagesAreInputs() || stay ? height : sizes.rows(images.rowSize()));
    }
}
