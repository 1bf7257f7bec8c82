package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of the kernels of a {@link ColumnConvolution}: one product an example, the gradient of its output times the
 * {@linkplain WindowColumns windows} of its image. Threads share the windows; each has its own output channels, so that no
 * two add to the same numbers.
 */
record ColumnGradients(Window window, KernelTiles kernels, TileSizes sizes) {
    /** Gives the gradients to the kernels' maker. */
    void compute(INDArray x, INDArray dy) {
        ImageColumns columns = new ImageColumns(window, x, dy);
        OutputImages output = OutputImages.of(dy);
        Band all = output.all();
        int together = sizes.examplesTogether(kernels.length(), columns.areTheImages() ? 0 : columns.size(all.rows()));
        for (Tile group : Tile.byExample(output.examples(), together, output.channels())) {
            INDArray memory = columns.memory(group.examples(), all.rows());
            if (!columns.areTheImages()) {
                Blas.share(group.examples(), n -> {
                    int example = group.example() + n;
                    columns.gather(columns.of(memory, n, example, all), example, all);
                });
            }
            int fitting = sizes.outputs(group.examples(), kernels.length());
            List<Tile> tiles = group.byOutput(Math.min(fitting, TileSizes.parts(group.outputs(), OneDnn.threads())));
            Blas.share(tiles.size(), i -> {
                Tile tile = tiles.get(i);
                Matrix found = tile.memory(kernels.length());
                for (int n = 0; n < tile.examples(); n++) {
                    int example = tile.example() + n;
                    Blas.multiply(
                            output.part(dy, example, tile, all),
                            columns.of(memory, n, example, all).transposed(),
                            tile.kernel(found, n, kernels.length()));
                }
                kernels.takeGradient(tile, found);
            });
        }
    }
}
