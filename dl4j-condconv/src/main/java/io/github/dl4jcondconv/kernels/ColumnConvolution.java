package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The convolution of every example with its own kernel by BLAS, and its gradients: one product an example, its kernel
 * times the {@linkplain WindowColumns windows} of its image. Images are [N, channels, H, W], FLOAT, dense. The sizes were
 * measured on two cores with 1 MB of cache each and 32 MB for both.
 */
final class ColumnConvolution {
    /** Numbers in the kernels of a tile. */
    private static final int MOST_KERNELS = 5 << 19;

    /** Numbers in the windows of an image that are used directly after they were made. */
    private static final int MOST_WINDOWS = 1 << 18;

    /** The same of some images that are used by several tiles. */
    private static final int MOST_COLUMNS = 1 << 22;

    /** As many as there are experts, usually: making kernels writes as much as it reads. */
    private static final int EXAMPLES = 8;

    /** Fewer rows of a product would not be worth the packing of the other matrix. */
    private static final int FEWEST_OUTPUTS = 64;

    private final Window window;
    private final KernelTiles kernels;
    private final int examples;
    private final int outputs;
    private final int height;
    private final int width;

    /** @param output (N, nOut, H', W') */
    ColumnConvolution(Window window, KernelTiles kernels, long[] output) {
        this.window = window;
        this.kernels = kernels;
        examples = Math.toIntExact(output[0]);
        outputs = Math.toIntExact(output[1]);
        height = Math.toIntExact(output[2]);
        width = Math.toIntExact(output[3]);
    }

    /**
     * Computes y.
     *
     * @param y to be overwritten
     */
    void forward(INDArray x, INDArray y) {
        ImageColumns columns = columns(x);
        eachProduct(columns, (kernel, matrix, place) -> {
            if (place.isFirst() || !place.staysForNextTile()) {
                columns.gather(matrix, place.example, place.band);
            }
            Blas.multiply(kernel, matrix, part(y, place.example, place.tile, place.band));
        });
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
        eachProduct(columns, (kernel, matrix, place) -> {
            INDArray upstream = dy;
            boolean add = place.staysForNextTile() && !place.isFirst();
            Blas.multiply(kernel.transposed(), part(upstream, place.example, place.tile, place.band), matrix, add);
            if (place.isLast() || !place.staysForNextTile()) {
                columns.scatter(matrix, place.example, place.band);
            }
        });
    }

    /** Which product of kernel and windows. */
    private final class Place {
        private final Tile tile;
        private final int example;
        private final Band band;

        Place(Tile tile, int example, Band band) {
            this.tile = tile;
            this.example = example;
            this.band = band;
        }

        boolean isFirst() {
            return tile.output() == 0;
        }

        boolean isLast() {
            return tile.output() + tile.outputs() == outputs;
        }

        boolean staysForNextTile() {
            return band.rows() == height;
        }
    }

    private interface Product {
        void compute(Matrix kernel, Matrix columns, Place place);
    }

    private void eachProduct(ImageColumns columns, Product product) {
        List<Tile> groups = Tile.byExample(examples, Math.min(EXAMPLES, forEachThread((examples + 1) / 2)), outputs);
        Blas.share(groups.size(), i -> {
            Tile group = groups.get(i);
            List<Band> bands = bands(columns, group);
            int rows = bands.get(0).rows();
            INDArray memory = columns.memory(bands.size() == 1 ? group.examples() : 1, rows);
            for (Tile tile : group.byOutput(fitting(group.examples()))) {
                Matrix made = tile.memory(kernels.length());
                kernels.make(tile, made);
                for (int n = 0; n < tile.examples(); n++) {
                    int slot = bands.size() == 1 ? n : 0;
                    for (Band band : bands) {
                        product.compute(
                                tile.kernel(made, n, kernels.length()),
                                columns.of(memory, slot, tile.example() + n, band),
                                new Place(tile, tile.example() + n, band));
                    }
                }
            }
        });
    }

    private List<Band> bands(ImageColumns columns, Tile group) {
        boolean whole = columns.areTheImages()
                || group.byOutput(fitting(group.examples())).size() > 1;
        return Band.cut(height, whole ? height : (int) Math.max(1, Math.min(height, MOST_WINDOWS / columns.size(1))));
    }

    private static int forEachThread(int all) {
        return (all + OneDnn.threads() - 1) / OneDnn.threads();
    }

    /** Outputs of a tile. */
    private int fitting(int ofExamples) {
        return Math.max(1, MOST_KERNELS / (ofExamples * kernels.length()));
    }

    /** Gives the kernels' gradients to their maker. */
    void backwardKernels(INDArray x, INDArray dy) {
        ImageColumns columns = columns(x);
        Band all = new Band(0, height);
        int most = Math.max(EXAMPLES, MOST_KERNELS / (FEWEST_OUTPUTS * kernels.length()));
        if (!columns.areTheImages()) {
            most = (int) Math.max(1, Math.min(most, MOST_COLUMNS / columns.size(height)));
        }
        for (Tile group : Tile.byExample(examples, most, outputs)) {
            INDArray memory = columns.memory(group.examples(), height);
            if (!columns.areTheImages()) {
                Blas.share(group.examples(), n -> {
                    int example = group.example() + n;
                    columns.gather(columns.of(memory, n, example, all), example, all);
                });
            }
            List<Tile> tiles = group.byOutput(Math.min(forEachThread(outputs), fitting(group.examples())));
            Blas.share(tiles.size(), i -> {
                Tile tile = tiles.get(i);
                Matrix found = tile.memory(kernels.length());
                for (int n = 0; n < tile.examples(); n++) {
                    int example = tile.example() + n;
                    Blas.multiply(
                            part(dy, example, tile, all),
                            columns.of(memory, n, example, all).transposed(),
                            tile.kernel(found, n, kernels.length()));
                }
                kernels.takeGradient(tile, found);
            });
        }
    }

    private ImageColumns columns(INDArray images) {
        return new ImageColumns(window, images, new long[] {examples, outputs, height, width});
    }

    /** Some channels and rows of an example's image y, [outputs, positions]. */
    private Matrix part(INDArray y, int example, Tile tile, Band band) {
        int plane = height * width;
        long first = ((long) example * outputs + tile.output()) * plane + (long) band.from() * width;
        return new Matrix(y, first, tile.outputs(), band.rows() * width, plane, 1);
    }
}
