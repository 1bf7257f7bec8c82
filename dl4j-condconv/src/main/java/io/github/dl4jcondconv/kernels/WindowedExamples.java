package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product of matrices for each example, of its kernel and its image's windows, in tiles of input channels: oneDNN's
 * convolutions read a kernel again for every row of an image, a product reads it once. Experts stay in the layout that
 * they have.
 */
final class WindowedExamples implements ExampleConvolution<Memory> {
    /** Input channels of tiles are a multiple, so that rows of the matrices fill registers. */
    private static final long CHANNELS = 8;

    private final Window window;
    private final long tileBytes;

    /** @param tileBytes about how much memory the experts of a tile may take; their mixtures take about as much */
    WindowedExamples(Window window, long tileBytes) {
        this.window = window;
        this.tileBytes = tileBytes;
    }

    private long tile(INDArray experts) {
        long channels = tileBytes / (experts.length() / experts.size(2) * Float.BYTES);
        return Math.min(experts.size(2), Math.max(CHANNELS, channels / CHANNELS * CHANNELS));
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        long[] shape = y.layout().dims();
        WindowMatrices windows = WindowMatrices.of(window, x, shape);
        ImageMatrices form = new ImageMatrices(shape, true);
        Memory outputs = form.target(y);
        ChannelTile.each(experts.size(2), tile(experts), channels -> {
            ExpertTile tile = new ExpertTile(experts, channels, scratch);
            Memory columns = scratch.of("windows", windows.columns(channels));
            return first -> {
                tile.load(experts, first);
                windows.toColumns(first, channels, columns);
                for (Examples some : Examples.few(weights)) {
                    Gemm.multiply(tile.mixed(mixing, some), some.of(columns), first > 0, some.of(outputs));
                }
            };
        });
        form.store(outputs, y);
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        RoutingGradient routing = new RoutingGradient(weights);
        WindowMatrices windows = WindowMatrices.of(window, x, dy.layout().dims());
        Memory upstream = ImageMatrices.of(dy, true);
        ChannelTile.each(experts.size(2), tile(experts), channels -> {
            ExpertTile tile = new ExpertTile(experts, channels, scratch);
            Memory rows = scratch.of("windows", windows.rows(channels));
            return first -> {
                tile.load(experts, first);
                windows.toRows(first, channels, rows);
                for (Examples some : Examples.few(weights)) {
                    Memory dKernels = tile.kernels(some);
                    Gemm.multiply(some.of(upstream), some.of(rows), false, dKernels);
                    tile.addGradient(mixing, some, dKernels, routing);
                }
                tile.storeGradient(dExperts, first);
            };
        });
        routing.store(dWeights);
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        WindowMatrices windows =
                WindowMatrices.zeros(window, dx.layout().dims(), dy.layout().dims());
        Memory upstream = ImageMatrices.of(dy, false);
        ChannelTile.each(experts.size(2), tile(experts), channels -> {
            ExpertTile tile = new ExpertTile(experts, channels, scratch);
            Memory rows = scratch.of("windows", windows.rows(channels));
            return first -> {
                tile.load(experts, first);
                for (Examples some : Examples.few(weights)) {
                    Gemm.multiply(some.of(upstream), tile.mixed(mixing, some), false, some.of(rows));
                }
                windows.addRows(first, channels, rows);
            };
        });
        windows.store(dx);
    }
}
