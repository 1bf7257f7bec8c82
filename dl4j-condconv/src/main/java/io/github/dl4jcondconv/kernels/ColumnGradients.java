package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of the kernels of a {@link ColumnConvolution}: {@linkplain ImageProducts products} of the gradient of an
 * example's output and what its image becomes. Threads share the latter; each has its own output channels, so that no two
 * add to the same numbers.
 */
record ColumnGradients(ImageProducts images, KernelTiles kernels, TileSizes sizes) {
    /** Gives the gradients to the kernels' maker. */
    void compute() {
        OutputImages output = images.output();
        Band all = new Band(0, images.height());
        int together =
                sizes.examplesTogether(kernels.length(), images.imagesAreInputs() ? 0 : images.inputSize(all.rows()));
        for (Tile group : Tile.byExample(output.examples(), together, output.channels())) {
            INDArray memory = images.memory(group.examples(), all.rows());
            if (!images.imagesAreInputs()) {
                Blas.share(group.examples(), n -> {
                    int example = group.example() + n;
                    images.gather(images.inputs(memory, n, example, all), example, all);
                });
            }
            int fitting = sizes.outputs(group.examples(), kernels.length());
            List<Tile> tiles = group.byOutput(Math.min(fitting, TileSizes.parts(group.outputs(), OneDnn.threads())));
            Blas.share(tiles.size(), i -> {
                Tile tile = tiles.get(i);
                Matrix found = tile.memory(kernels.length());
                for (int n = 0; n < tile.examples(); n++) {
                    multiply(tile, n, images.inputs(memory, n, tile.example() + n, all), found);
                }
                kernels.takeGradient(tile, found);
            });
        }
    }

    private void multiply(Tile tile, int n, Matrix inputs, Matrix found) {
        Matrix upstream = images.upstream(tile.example() + n, tile, new Band(0, images.height()));
        for (int plane = 0; plane < images.planes(); plane++) {
            Blas.multiply(
                    images.plane(upstream, plane),
                    images.plane(inputs, plane).transposed(),
                    kernels.plane(tile, found, n, plane));
        }
    }
}
