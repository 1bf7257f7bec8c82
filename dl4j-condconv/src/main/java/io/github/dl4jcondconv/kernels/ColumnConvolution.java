package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The convolution of every example with its own kernel by BLAS, and the gradient of its images: one product an example,
 * its kernel times the {@linkplain WindowColumns windows} of its image. A thread makes the kernels of the examples that it
 * convolves. Images are [N, channels, H, W], FLOAT, dense.
 */
record ColumnConvolution(Window window, KernelTiles kernels, TileSizes sizes) {
    /**
     * Computes y.
     *
     * @param y to be overwritten
     */
    void forward(INDArray x, INDArray y) {
        ImageColumns columns = new ImageColumns(window, x, y);
        OutputImages output = OutputImages.of(y);
        eachProduct(columns, output, (kernel, windows, place) -> {
            if (place.isFirstOfWindows()) {
                columns.gather(windows, place.example, place.band);
            }
            Blas.multiply(kernel, windows, output.part(y, place.example, place.tile, place.band));
        });
    }

    /**
     * Computes the gradient of x.
     *
     * @param dx to be overwritten
     */
    void backwardImages(INDArray dy, INDArray dx) {
        ImageColumns columns = new ImageColumns(window, dx, dy);
        OutputImages output = OutputImages.of(dy);
        if (!columns.areTheImages()) {
            dx.assign(0);
        }
        eachProduct(columns, output, (kernel, windows, place) -> {
            Matrix upstream = output.part(dy, place.example, place.tile, place.band);
            Blas.multiply(kernel.transposed(), upstream, windows, !place.isFirstOfWindows());
            if (place.isLastOfWindows()) {
                columns.scatter(windows, place.example, place.band);
            }
        });
    }

    /** Which product of kernel and windows; the windows of whole images stay for the next tile of the same examples. */
    private record Place(OutputImages output, Tile tile, int example, Band band) {
        boolean isFirstOfWindows() {
            return tile.output() == 0 || band.rows() < output.height();
        }

        boolean isLastOfWindows() {
            return tile.output() + tile.outputs() == output.channels() || band.rows() < output.height();
        }
    }

    private interface Product {
        void compute(Matrix kernel, Matrix windows, Place place);
    }

    private void eachProduct(ImageColumns columns, OutputImages output, Product product) {
        int examples = sizes.examplesForThread(output.examples(), OneDnn.threads());
        List<Tile> groups = Tile.byExample(output.examples(), examples, output.channels());
        Blas.share(groups.size(), i -> eachProduct(groups.get(i), columns, output, product));
    }

    private void eachProduct(Tile group, ImageColumns columns, OutputImages output, Product product) {
        List<Tile> tiles = group.byOutput(sizes.outputs(group.examples(), kernels.length()));
        List<Band> bands = columns.areTheImages() || staysForTiles(tiles, columns, output)
                ? List.of(output.all())
                : Band.cut(output.height(), sizes.rows(columns.size(1)));
        int slots = bands.size() > 1 ? 1 : group.examples();
        INDArray memory = columns.memory(slots, bands.get(0).rows());
        for (Tile tile : tiles) {
            Matrix made = tile.memory(kernels.length());
            kernels.make(tile, made);
            for (int n = 0; n < tile.examples(); n++) {
                Matrix kernel = tile.kernel(made, n, kernels.length());
                for (Band band : bands) {
                    Place place = new Place(output, tile, tile.example() + n, band);
                    product.compute(kernel, columns.of(memory, n % slots, place.example, band), place);
                }
            }
        }
    }

    /** Whether several tiles use the same windows and there is room for all of them. */
    private boolean staysForTiles(List<Tile> tiles, ImageColumns columns, OutputImages output) {
        return tiles.size() > 1 && tiles.get(0).examples() * columns.size(output.height()) <= sizes.columns();
    }
}
