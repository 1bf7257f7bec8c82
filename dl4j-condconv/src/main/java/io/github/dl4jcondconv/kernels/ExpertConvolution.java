package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * y_n = x_n * sum_e(a_ne W_e) with experts W [E, nOut, nIn, kH, kW], as one convolution with a group for each example.
 *
 * <p>Experts are brought into the layout in which oneDNN wants kernels and mixed there, so that the mixed kernels, of
 * which there are N / E times as many numbers, are never reordered. The work is done in tiles of output channels (of input
 * channels for the input's gradient), so that the kernels of all examples for one tile stay in the cache.
 */
public final class ExpertConvolution implements ExampleConvolution {
    /** Mixed kernels of one tile. Measured on two cores with 2 MiB of cache each. */
    private static final long TILE_BYTES = 10L << 20;

    private final Window window;
    private final long tileBytes;

    public ExpertConvolution(Window window) {
        this(window, TILE_BYTES);
    }

    /** @param tileBytes about how much memory the mixed kernels of a tile may take */
    ExpertConvolution(Window window, long tileBytes) {
        this.window = window;
        this.tileBytes = tileBytes;
    }

    /** The sizes of one call, channels filled up to whole blocks. */
    private record Sizes(
            long n, long in, long out, long[] imagePlane, long[] outputPlane, Window window, long tileBytes) {
        static Sizes of(INDArray x, INDArray y, ExpertConvolution kernel) {
            return new Sizes(
                    x.size(0),
                    FoldedImages.padded(x.size(1)),
                    FoldedImages.padded(y.size(1)),
                    new long[] {x.size(2), x.size(3)},
                    new long[] {y.size(2), y.size(3)},
                    kernel.window,
                    kernel.tileBytes);
        }

        /** The convolution of some input with some output channels of every example. */
        Convolution convolution(long inputs, long outputs) {
            return new Convolution(
                    Layout.any(1, n * inputs, imagePlane[0], imagePlane[1]),
                    Layout.any(n, outputs, inputs, window.height(), window.width()),
                    false,
                    Layout.any(1, n * outputs, outputPlane[0], outputPlane[1]),
                    window);
        }

        /** How many of the {@code all} channels on one side make a tile, given all those on the other. */
        long tile(long all, long others) {
            long bytes = n * others * window.height() * window.width() * Float.BYTES;
            long fitting = tileBytes / bytes / FoldedImages.padded(1) * FoldedImages.padded(1);
            return Math.min(all, Math.max(FoldedImages.padded(1), fitting));
        }
    }

    @Override
    public void forward(INDArray x, INDArray experts, INDArray weights, INDArray y) {
        Sizes sizes = Sizes.of(x, y, this);
        long tile = sizes.tile(sizes.out, sizes.in);
        Memory images = null;
        for (long from = 0; from < y.size(1); from += tile) {
            long outputs = Math.min(tile, sizes.out - from);
            Kernel kernel = sizes.convolution(sizes.in, outputs).forward(true, PostOps.NONE);
            images = images == null ? FoldedImages.fold(x, kernel.layout(SRC)) : images;
            ExpertTile part = ExpertTile.ofOutputs(experts, from, outputs, kernel.layout(WEIGHTS));
            Memory result = Memory.allocate(kernel.layout(DST));
            kernel.run(Map.of(SRC, images, WEIGHTS, part.mixed(weights), DST, result));
            FoldedImages.unfold(result, FoldedImages.channels(y, from, Math.min(from + tile, y.size(1))));
        }
    }

    @Override
    public void backward(
            INDArray x,
            INDArray experts,
            INDArray weights,
            INDArray dy,
            INDArray dx,
            INDArray dExperts,
            INDArray dWeights) {
        Sizes sizes = Sizes.of(x, dy, this);
        backwardWeights(sizes, x, experts, weights, dy, dExperts, dWeights);
        backwardData(sizes, experts, weights, dy, dx);
    }

    private static void backwardWeights(
            Sizes sizes,
            INDArray x,
            INDArray experts,
            INDArray weights,
            INDArray dy,
            INDArray dExperts,
            INDArray dWeights) {
        long tile = sizes.tile(sizes.out, sizes.in);
        dWeights.assign(0);
        Memory images = null;
        for (long from = 0; from < dy.size(1); from += tile) {
            long outputs = Math.min(tile, sizes.out - from);
            Kernel kernel = sizes.convolution(sizes.in, outputs).backwardWeights();
            images = images == null ? FoldedImages.fold(x, kernel.layout(SRC)) : images;
            INDArray upstream = FoldedImages.channels(dy, from, Math.min(from + tile, dy.size(1)));
            Memory dKernels = Memory.allocate(kernel.layout(DIFF_WEIGHTS));
            kernel.run(Map.of(
                    SRC,
                    images,
                    DIFF_DST,
                    FoldedImages.fold(upstream, kernel.layout(DIFF_DST)),
                    DIFF_WEIGHTS,
                    dKernels));
            ExpertTile.ofOutputs(experts, from, outputs, kernel.layout(DIFF_WEIGHTS))
                    .addGradientOfWeights(dKernels, dWeights)
                    .storeGradient(dKernels, weights, dExperts);
        }
    }

    private static void backwardData(Sizes sizes, INDArray experts, INDArray weights, INDArray dy, INDArray dx) {
        long tile = sizes.tile(sizes.in, sizes.out);
        Memory upstream = null;
        for (long from = 0; from < dx.size(1); from += tile) {
            long inputs = Math.min(tile, sizes.in - from);
            Kernel kernel = sizes.convolution(inputs, sizes.out).backwardData();
            upstream = upstream == null ? FoldedImages.fold(dy, kernel.layout(DIFF_DST)) : upstream;
            ExpertTile part = ExpertTile.ofInputs(experts, from, inputs, kernel.layout(WEIGHTS));
            Memory result = Memory.allocate(kernel.layout(DIFF_SRC));
            kernel.run(Map.of(DIFF_DST, upstream, WEIGHTS, part.mixed(weights), DIFF_SRC, result));
            FoldedImages.unfold(result, FoldedImages.channels(dx, from, Math.min(from + tile, dx.size(1))));
        }
    }
}
