package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All examples at once, by a convolution with a group for each of them, in tiles of output channels (of input channels
 * for the gradient of x): the kernels of all examples for one tile stay in the cache.
 */
final class GroupedExamples implements ExampleConvolution<Memory> {
    private final Window window;
    private final long tileBytes;

    /** @param tileBytes about how much memory the mixed kernels of a tile may take */
    GroupedExamples(Window window, long tileBytes) {
        this.window = window;
        this.tileBytes = tileBytes;
    }

    /** How many of the {@code all} channels on one side make a tile, given all those on the other. */
    private long tile(long examples, long all, long others) {
        long block = BatchAsChannels.filledUp(1);
        long bytes = examples * BatchAsChannels.filledUp(others) * window.height() * window.width() * Float.BYTES;
        return Math.min(all, Math.max(block, tileBytes / bytes / block * block));
    }

    /** With a group for each example. */
    private Convolution convolution(long[] x, long[] y) {
        long inputs = BatchAsChannels.filledUp(x[1]);
        long outputs = BatchAsChannels.filledUp(y[1]);
        return new Convolution(
                Layout.any(1, x[0] * inputs, x[2], x[3]),
                Layout.any(x[0], outputs, inputs, window.height(), window.width()),
                false,
                Layout.any(1, x[0] * outputs, y[2], y[3]),
                window);
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        long[] all = y.layout().dims();
        ChannelTile.each(all[1], tile(all[0], all[1], experts.size(2)), width -> {
            long[] part = channels(all, width);
            Kernel kernel = convolution(x.layout().dims(), part).forward(true, PostOps.NONE);
            Memory kernels = scratch.of("kernels", kernel.layout(WEIGHTS));
            ExpertMatrix matrix = matrix(part(experts, 1, width), kernels, scratch);
            Memory rows = matrix.matrix(kernels);
            ChannelTile result = new ChannelTile(y, width, scratch);
            Memory target = BatchAsChannels.target(result.memory(), kernel.layout(DST), scratch);
            Map<Argument, Memory> arguments =
                    Map.of(SRC, BatchAsChannels.of(x, kernel.layout(SRC)), WEIGHTS, kernels, DST, target);
            return from -> {
                matrix.load(part(experts, 1, from, width));
                matrix.mix(mixing, rows);
                kernel.run(arguments);
                BatchAsChannels.store(target, result.memory());
                result.store(from);
            };
        });
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        Examples batch = new Examples(0, weights.size(0));
        RoutingGradient routing = new RoutingGradient(weights);
        long[] all = dy.layout().dims();
        ChannelTile.each(all[1], tile(all[0], all[1], experts.size(2)), width -> {
            Kernel kernel = convolution(x.layout().dims(), channels(all, width)).backwardWeights();
            Memory dKernels = scratch.of("kernels", kernel.layout(DIFF_WEIGHTS));
            ExpertMatrix matrix = matrix(part(experts, 1, width), dKernels, scratch);
            Memory rows = matrix.matrix(dKernels);
            Memory images = BatchAsChannels.of(x, kernel.layout(SRC));
            ChannelTile upstream = new ChannelTile(dy, width, scratch);
            return from -> {
                upstream.load(from);
                Memory folded = BatchAsChannels.of(upstream.memory(), kernel.layout(DIFF_DST));
                kernel.run(Map.of(SRC, images, DIFF_DST, folded, DIFF_WEIGHTS, dKernels));
                matrix.load(part(experts, 1, from, width));
                routing.add(batch, rows, matrix.rows());
                matrix.gradient(batch.columns(mixing), rows, false);
                matrix.storeGradient(part(dExperts, 1, from, width));
            };
        });
        routing.store(dWeights);
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        long[] all = dx.layout().dims();
        ChannelTile.each(all[1], tile(all[0], all[1], experts.size(1)), width -> {
            Kernel kernel =
                    convolution(channels(all, width), dy.layout().dims()).backwardData();
            Memory kernels = scratch.of("kernels", kernel.layout(WEIGHTS));
            ExpertMatrix matrix = matrix(part(experts, 2, width), kernels, scratch);
            Memory rows = matrix.matrix(kernels);
            ChannelTile result = new ChannelTile(dx, width, scratch);
            Memory target = BatchAsChannels.target(result.memory(), kernel.layout(DIFF_SRC), scratch);
            Map<Argument, Memory> arguments = Map.of(
                    DIFF_DST, BatchAsChannels.of(dy, kernel.layout(DIFF_DST)), WEIGHTS, kernels, DIFF_SRC, target);
            return from -> {
                matrix.load(part(experts, 2, from, width));
                matrix.mix(mixing, rows);
                kernel.run(arguments);
                BatchAsChannels.store(target, result.memory());
                result.store(from);
            };
        });
    }

    private static long[] channels(long[] images, long channels) {
        return new long[] {images[0], channels, images[2], images[3]};
    }

    private static ExpertMatrix matrix(long[] dims, Memory kernels, Scratch scratch) {
        return new ExpertMatrix(dims, kernels.layout().withFirst(dims[0]), scratch);
    }

    /** The shape of experts with fewer of their output channels, axis 1, or of their input channels, axis 2. */
    private static long[] part(INDArray experts, int axis, long width) {
        long[] dims = experts.shape().clone();
        dims[axis] = width;
        return dims;
    }

    private static Memory part(INDArray experts, int axis, long from, long width) {
        long[] first = new long[experts.rank()];
        first[axis] = from;
        return Memory.of(experts).part(first, part(experts, axis, width));
    }
}
