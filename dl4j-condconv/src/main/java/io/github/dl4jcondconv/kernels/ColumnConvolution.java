package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The convolution of every example with its own kernel by BLAS, and its gradients: one product an example, its kernel
 * times the {@linkplain WindowColumns windows} of its image. Images are [N, channels, H, W], FLOAT, dense. The sizes were
 * measured on two cores with 1 MB of cache each and 32 MB for both.
 */
final class ColumnConvolution {
    /** Numbers in the kernels of a tile. */
    private static final int MOST_KERNELS = 5 << 20;

    /** Numbers in the windows that are in memory at a time. */
    private static final int MOST_COLUMNS = 4 << 20;

    /** As many as there are experts, usually: making kernels writes as much as it reads. */
    private static final int FEWEST_EXAMPLES = 8;

    private final Window window;
    private final KernelTiles kernels;
    private final long[] output;
    private final List<Tile> tiles;
    private final List<Band> bands;
    private final Matrix scratch;

    /**
     * @param image (N, nIn, H, W)
     * @param output (N, nOut, H', W')
     */
    ColumnConvolution(Window window, KernelTiles kernels, long[] image, long[] output) {
        this.window = window;
        this.kernels = kernels;
        this.output = output;
        int outputs = (int) output[1];
        int examples = (int) Math.min(
                output[0],
                Math.max(
                        Math.max(FEWEST_EXAMPLES, OneDnn.threads()),
                        MOST_KERNELS / ((long) outputs * kernels.length())));
        int some = Math.max(1, Math.min(outputs, MOST_KERNELS / (examples * kernels.length())));
        int parts = (outputs + some - 1) / some;
        tiles = Tile.cut((int) output[0], examples, outputs, (outputs + parts - 1) / parts);
        int height = (int) output[2];
        bands = Band.cut(height, WindowColumns.areTheImage(window, image, output) ? height : rows(examples, image[1]));
        Tile first = tiles.get(0);
        scratch = Matrix.of(
                Nd4j.createUninitialized(DataType.FLOAT, (long) first.examples() * first.outputs() * kernels.length()),
                first.examples());
    }

    private int rows(int examples, long inputs) {
        long row = examples * inputs * window.height() * window.width() * output[3];
        return (int) Math.max(1, Math.min(output[2], MOST_COLUMNS / row));
    }

    /**
     * Computes y.
     *
     * @param y to be overwritten
     */
    void forward(INDArray x, INDArray y) {
        ImageColumns columns = columns(x);
        for (Tile tile : tiles) {
            Matrix made = made(tile);
            kernels.make(tile, made);
            eachExample(
                    tile,
                    (slot, example, band) -> Blas.multiply(
                            kernel(made, slot, tile), filled(columns, slot, tile, band), part(y, example, tile, band)));
        }
    }

    /** Gives the kernels' gradients to their maker. */
    void backwardKernels(INDArray x, INDArray dy) {
        ImageColumns columns = columns(x);
        for (Tile tile : tiles) {
            Matrix found = made(tile);
            eachExample(
                    tile,
                    (slot, example, band) -> Blas.multiply(
                            part(dy, example, tile, band),
                            filled(columns, slot, tile, band).transposed(),
                            kernel(found, slot, tile),
                            band.from() > 0));
            kernels.addGradient(tile, found);
        }
    }

    /**
     * Computes the gradient of x.
     *
     * @param dx to be overwritten
     */
    void backwardImages(INDArray dy, INDArray dx) {
        ImageColumns columns = columns(dx);
        if (!columns.areTheImages()) {
            dx.assign(0);
        }
        for (Tile tile : tiles) {
            Matrix made = made(tile);
            kernels.make(tile, made);
            eachExample(tile, (slot, example, band) -> {
                Matrix found = columns.of(slot, example, band);
                Blas.multiply(
                        kernel(made, slot, tile).transposed(),
                        part(dy, example, tile, band),
                        found,
                        keepsColumns() && tile.output() > 0);
                if (!keepsColumns() || tile.output() + tile.outputs() == output[1]) {
                    columns.scatter(found, example, band);
                }
            });
        }
    }

    private interface Product {
        void compute(int slot, int example, Band band);
    }

    private void eachExample(Tile tile, Product product) {
        Blas.share(tile.examples(), slot -> bands.forEach(band -> product.compute(slot, tile.example() + slot, band)));
    }

    /** Whether the windows stay for the next tile of the same examples. */
    private boolean keepsColumns() {
        return bands.size() == 1;
    }

    private ImageColumns columns(INDArray images) {
        return new ImageColumns(
                window, images, output, tiles.get(0).examples(), bands.get(0).rows());
    }

    private Matrix filled(ImageColumns columns, int slot, Tile tile, Band band) {
        Matrix matrix = columns.of(slot, tile.example() + slot, band);
        if (!keepsColumns() || tile.output() == 0) {
            columns.gather(matrix, tile.example() + slot, band);
        }
        return matrix;
    }

    /** Memory for the kernels of a tile, of any content. */
    private Matrix made(Tile tile) {
        return Matrix.of(scratch.array(), 0, tile.examples(), (long) tile.outputs() * kernels.length());
    }

    /** [outputs, length] of one example. */
    private Matrix kernel(Matrix made, int slot, Tile tile) {
        return Matrix.of(made.array(), (long) slot * made.columns(), tile.outputs(), kernels.length());
    }

    /** Some channels and rows of an example's image y, [outputs, positions]. */
    private Matrix part(INDArray y, int example, Tile tile, Band band) {
        int plane = Math.toIntExact(output[2] * output[3]);
        long first = (example * output[1] + tile.output()) * plane + band.from() * output[3];
        return new Matrix(y, first, tile.outputs(), (int) (band.rows() * output[3]), plane, 1);
    }
}
