package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Windows of one pixel, without stride: a product of matrices for each example, of its kernel and its image itself. The
 * experts of a tile of output channels are mixed where they lie.
 */
final class PointwiseExamples implements ExampleConvolution<Memory> {
    /** Output channels of tiles are a multiple, so that rows of the matrices fill registers. */
    private static final long CHANNELS = 16;

    private final long tileBytes;

    /** @param tileBytes about how much memory the experts of a tile may take; their mixtures take about as much */
    PointwiseExamples(long tileBytes) {
        this.tileBytes = tileBytes;
    }

    private long tile(INDArray experts) {
        long channels = tileBytes / (experts.length() / experts.size(1) * Float.BYTES);
        return Math.min(experts.size(1), Math.max(CHANNELS, channels / CHANNELS * CHANNELS));
    }

    /** Some of the output channels of experts [E, nOut, nIn, 1, 1] and of examples' kernels. */
    private record Tile(long from, long outputs, long inputs, long all) {
        Tile(INDArray experts, long from, long outputs) {
            this(from, outputs, experts.size(2), experts.size(1));
        }

        /** Experts, or their gradient, as they lie in the whole of them, [E, outputs * inputs]. */
        Memory of(INDArray experts) {
            long[] dims = {experts.size(0), outputs * inputs};
            return new Memory(Layout.strided(dims, new long[] {line(), 1}), experts, from * inputs);
        }

        /** Elements from one expert to the next. */
        long line() {
            return all * inputs;
        }

        /** The layout of kernels of some examples, [n, outputs, inputs]. */
        Layout kernels(Examples some) {
            return Layout.dense(some.size(), outputs, inputs);
        }

        /** The same as a matrix, [n, outputs * inputs]. */
        Memory rows(Examples some, Memory kernels) {
            return kernels.as(Layout.dense(some.size(), outputs * inputs));
        }

        /** Their rows of some examples' {@link ImageMatrices} by channel. */
        Memory rowsOf(Examples some, Memory matrices) {
            long pixels = matrices.layout().dims()[2];
            long[] dims = {some.size(), outputs, pixels};
            return matrices.from(
                    (some.from() * all + from) * pixels, Layout.strided(dims, new long[] {all * pixels, pixels, 1}));
        }

        /** Their columns of those by pixel. */
        Memory columnsOf(Examples some, Memory matrices) {
            long pixels = matrices.layout().dims()[1];
            long[] dims = {some.size(), pixels, outputs};
            return matrices.from(
                    some.from() * all * pixels + from, Layout.strided(dims, new long[] {all * pixels, all, 1}));
        }
    }

    private interface Step {
        void run(Tile tile, Examples some, Memory kernels);
    }

    /** Runs a step for every tile and, in each, for a few examples at a time, with room for their kernels. */
    private void each(INDArray experts, INDArray weights, Step step) {
        Scratch scratch = new Scratch();
        ChannelTile.each(experts.size(1), tile(experts), outputs -> from -> {
            Tile tile = new Tile(experts, from, outputs);
            for (Examples some : Examples.few(weights)) {
                step.run(tile, some, scratch.of("kernels", tile.kernels(some)));
            }
        });
    }

    /** The same with mixed kernels. */
    private void eachMixed(INDArray experts, INDArray weights, Step step) {
        INDArray dense = Images.dense(experts);
        Memory mixing = Gemm.small(weights);
        each(dense, weights, (tile, some, kernels) -> {
            Gemm.multiply(some.of(mixing), tile.of(dense), tile.rows(some, kernels));
            step.run(tile, some, kernels);
        });
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Memory inputs = ImageMatrices.of(x, true);
        ImageMatrices form = new ImageMatrices(y.layout().dims(), true);
        Memory outputs = form.target(y);
        eachMixed(
                experts,
                weights,
                (tile, some, kernels) -> Gemm.multiply(kernels, some.of(inputs), tile.rowsOf(some, outputs)));
        form.store(outputs, y);
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Memory inputs = ImageMatrices.of(x, false);
        Memory upstream = ImageMatrices.of(dy, true);
        INDArray dense = Images.dense(experts);
        INDArray gradient = Images.isDense(dExperts) ? dExperts : dense.ulike();
        Memory mixing = Gemm.small(weights);
        RoutingGradient routing = new RoutingGradient(weights);
        each(dense, weights, (tile, some, kernels) -> {
            Gemm.multiply(tile.rowsOf(some, upstream), some.of(inputs), kernels);
            Memory rows = tile.rows(some, kernels);
            routing.add(some, rows, tile.of(dense), tile.line());
            Gemm.multiply(some.columns(mixing), rows, some.from() > 0, tile.of(gradient));
        });
        routing.store(dWeights);
        if (gradient != dExperts) {
            dExperts.assign(gradient);
        }
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Memory upstream = ImageMatrices.of(dy, false);
        ImageMatrices form = new ImageMatrices(dx.layout().dims(), false);
        Memory gradient = form.target(dx);
        eachMixed(
                experts,
                weights,
                (tile, some, kernels) ->
                        Gemm.multiply(tile.columnsOf(some, upstream), kernels, tile.from() > 0, some.of(gradient)));
        form.store(gradient, dx);
    }
}
