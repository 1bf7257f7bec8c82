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
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All examples at once, by a convolution with a group for each of them, in tiles of output channels (of input channels
 * for the gradient of x): the kernels of all examples for one tile stay in the cache.
 */
final class GroupedExamples implements ExampleConvolution {
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
        return Math.min(BatchAsChannels.filledUp(all), Math.max(block, tileBytes / bytes / block * block));
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
        long[] all = y.layout().dims();
        long tile = tile(all[0], all[1], experts.size(2));
        for (long from = 0; from < all[1]; from += tile) {
            long[] part = channels(all, Math.min(tile, all[1] - from));
            Kernel kernel = convolution(x.layout().dims(), part).forward(true, PostOps.NONE);
            Memory kernels = scratch.of("kernels", kernel.layout(WEIGHTS));
            matrix(ofOutputs(experts, from, part[1]), kernels, scratch).mix(weights, kernels);
            Memory result = partOf(y, part, scratch);
            Memory target = BatchAsChannels.target(result, kernel.layout(DST), scratch);
            kernel.run(Map.of(SRC, BatchAsChannels.of(x, kernel.layout(SRC)), WEIGHTS, kernels, DST, target));
            BatchAsChannels.store(target, result);
            putBack(result, y, from);
        }
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Scratch scratch = new Scratch();
        long[] all = dy.layout().dims();
        long tile = tile(all[0], all[1], experts.size(2));
        for (long from = 0; from < all[1]; from += tile) {
            long[] part = channels(all, Math.min(tile, all[1] - from));
            Kernel kernel = convolution(x.layout().dims(), part).backwardWeights();
            Memory dKernels = scratch.of("kernels", kernel.layout(DIFF_WEIGHTS));
            Memory upstream = partOf(dy, part, scratch);
            if (upstream != dy) {
                Reorder.copy(dy.part(new long[] {0, from, 0, 0}, part), upstream);
            }
            kernel.run(Map.of(
                    SRC,
                    BatchAsChannels.of(x, kernel.layout(SRC)),
                    DIFF_DST,
                    BatchAsChannels.of(upstream, kernel.layout(DIFF_DST)),
                    DIFF_WEIGHTS,
                    dKernels));
            ExpertMatrix matrix = matrix(ofOutputs(experts, from, part[1]), dKernels, scratch);
            matrix.gradientOfWeights(dKernels, dWeights, from > 0);
            matrix.gradient(weights, dKernels, false);
            matrix.storeGradient(ofOutputs(dExperts, from, part[1]));
        }
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Scratch scratch = new Scratch();
        long[] all = dx.layout().dims();
        long tile = tile(all[0], all[1], experts.size(1));
        for (long from = 0; from < all[1]; from += tile) {
            long[] part = channels(all, Math.min(tile, all[1] - from));
            Kernel kernel = convolution(part, dy.layout().dims()).backwardData();
            Memory kernels = scratch.of("kernels", kernel.layout(WEIGHTS));
            matrix(ofInputs(experts, from, part[1]), kernels, scratch).mix(weights, kernels);
            Memory result = partOf(dx, part, scratch);
            Memory target = BatchAsChannels.target(result, kernel.layout(DIFF_SRC), scratch);
            kernel.run(Map.of(
                    DIFF_DST, BatchAsChannels.of(dy, kernel.layout(DIFF_DST)), WEIGHTS, kernels, DIFF_SRC, target));
            BatchAsChannels.store(target, result);
            putBack(result, dx, from);
        }
    }

    private static long[] channels(long[] images, long channels) {
        return new long[] {images[0], channels, images[2], images[3]};
    }

    private static ExpertMatrix matrix(Memory experts, Memory kernels, Scratch scratch) {
        return new ExpertMatrix(
                experts, kernels.layout().withFirst(experts.layout().dims()[0]), scratch);
    }

    private static Memory ofOutputs(INDArray experts, long from, long outputs) {
        long[] dims = experts.shape().clone();
        dims[1] = outputs;
        return Memory.of(experts).part(new long[] {0, from, 0, 0, 0}, dims);
    }

    private static Memory ofInputs(INDArray experts, long from, long inputs) {
        long[] dims = experts.shape().clone();
        dims[2] = inputs;
        return Memory.of(experts).part(new long[] {0, 0, from, 0, 0}, dims);
    }

    /** Memory for some channels of images: the images' own if these are all. */
    private static Memory partOf(Memory images, long[] part, Scratch scratch) {
        return part[1] == images.layout().dims()[1] ? images : scratch.of("images", Layout.blocked(part));
    }

    private static void putBack(Memory part, Memory images, long from) {
        if (part != images) {
            Reorder.copy(
                    part, images.part(new long[] {0, from, 0, 0}, part.layout().dims()));
        }
    }
}
