package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The order in which the examples of a batch, each with its own kernel, are multiplied: threads have some examples each, and
 * make the kernels of these.
 */
record TiledProducts(ImageProducts images, KernelTiles kernels, TileSizes sizes) {
    /**
     * Which products of kernel and inputs; the inputs of whole images stay for the next tile of the same examples.
     *
     * @param index the example's among those of the tile
     */
    record Place(Tile tile, int index, Band band, int height, int channels) {
        int example() {
            return tile.example() + index;
        }

        boolean isFirstOfInputs() {
            return tile.output() == 0 || band.rows() < height;
        }

        boolean isLastOfInputs() {
            return tile.output() + tile.outputs() == channels || band.rows() < height;
        }
    }

    interface Product {
        /** @param kernels those of all examples of the tile */
        void compute(Matrix kernels, Matrix inputs, Place place);
    }

    void each(Product product) {
        OutputImages output = images.output();
        int examples = sizes.examplesForThread(output.examples(), OneDnn.threads());
        List<Tile> groups = Tile.byExample(output.examples(), examples, output.channels());
        Blas.share(groups.size(), i -> each(groups.get(i), product));
    }

    private void each(Tile group, Product product) {
        List<Tile> tiles = group.byOutput(sizes.outputs(group.examples(), kernels.length()));
        List<Band> bands = bands(tiles);
        int slots = bands.size() > 1 ? 1 : group.examples();
        INDArray memory = images.memory(slots, bands.get(0).rows());
        for (Tile tile : tiles) {
            Matrix made = tile.memory(kernels.length());
            kernels.make(tile, made);
            for (int n = 0; n < tile.examples(); n++) {
                for (Band band : bands) {
                    Place place = new Place(
                            tile, n, band, images.height(), images.output().channels());
                    product.compute(made, images.inputs(memory, n % slots, place.example(), band), place);
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
