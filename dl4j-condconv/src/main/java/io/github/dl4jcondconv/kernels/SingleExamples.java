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
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One example after the other, by a convolution without groups, for which oneDNN has more algorithms: one for windows of
 * a single pixel, and Winograd's. Kernels are mixed for some examples at a time, as many as the cache holds.
 */
final class SingleExamples implements ExampleConvolution {
    private final Window window;
    private final Convolution.Algorithm algorithm;
    private final long chunkBytes;

    /** @param chunkBytes about how much memory the mixed kernels of a chunk of examples may take */
    SingleExamples(Window window, Convolution.Algorithm algorithm, long chunkBytes) {
        this.window = window;
        this.algorithm = algorithm;
        this.chunkBytes = chunkBytes;
    }

    /** Of one example. */
    private Convolution convolution(Memory x, Memory y) {
        long[] in = x.layout().dims();
        long[] out = y.layout().dims();
        long inputs = BatchAsChannels.filledUp(in[1]);
        long outputs = BatchAsChannels.filledUp(out[1]);
        return new Convolution(
                Layout.blocked(1, inputs, in[2], in[3]),
                Layout.any(outputs, inputs, window.height(), window.width()),
                false,
                Layout.blocked(1, outputs, out[2], out[3]),
                window,
                algorithm);
    }

    /** Some neighbouring examples and memory for their kernels. */
    private record Chunk(long from, long size, Layout kernel, Memory kernels) {
        INDArray rows(INDArray weights) {
            return weights.get(NDArrayIndex.interval(from, from + size), NDArrayIndex.all());
        }

        Memory kernel(long i) {
            return kernels.from(i * kernel.elements(), kernel);
        }

        Memory image(Memory images, long i, Layout image) {
            return images.from((from + i) * image.elements(), image);
        }
    }

    private Chunk chunk(long from, long examples, Layout kernel, Scratch scratch) {
        long fitting = Math.max(1, chunkBytes / (kernel.elements() * Float.BYTES));
        long size = Math.min(fitting, examples - from);
        return new Chunk(from, size, kernel, scratch.of("kernels", kernel.stacked(size)));
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Scratch scratch = new Scratch();
        Kernel kernel = convolution(x, y).forward(true, PostOps.NONE);
        ExpertMatrix matrix = matrix(experts, kernel.layout(WEIGHTS), scratch);
        Chunk chunk;
        for (long from = 0; from < weights.size(0); from += chunk.size) {
            chunk = chunk(from, weights.size(0), kernel.layout(WEIGHTS), scratch);
            matrix.mix(chunk.rows(weights), chunk.kernels);
            for (long i = 0; i < chunk.size; i++) {
                Memory in = chunk.image(x, i, kernel.layout(SRC));
                kernel.run(Map.of(SRC, in, WEIGHTS, chunk.kernel(i), DST, chunk.image(y, i, kernel.layout(DST))));
            }
        }
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Scratch scratch = new Scratch();
        Kernel kernel = convolution(x, dy).backwardWeights();
        ExpertMatrix matrix = matrix(experts, kernel.layout(DIFF_WEIGHTS), scratch);
        Chunk chunk;
        for (long from = 0; from < weights.size(0); from += chunk.size) {
            chunk = chunk(from, weights.size(0), kernel.layout(DIFF_WEIGHTS), scratch);
            for (long i = 0; i < chunk.size; i++) {
                Memory in = chunk.image(x, i, kernel.layout(SRC));
                Memory out = chunk.image(dy, i, kernel.layout(DIFF_DST));
                kernel.run(Map.of(SRC, in, DIFF_DST, out, DIFF_WEIGHTS, chunk.kernel(i)));
            }
            matrix.gradientOfWeights(chunk.kernels, chunk.rows(dWeights), false);
            matrix.gradient(chunk.rows(weights), chunk.kernels, from > 0);
        }
        matrix.storeGradient(Memory.of(dExperts));
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Scratch scratch = new Scratch();
        Kernel kernel = convolution(dx, dy).backwardData();
        ExpertMatrix matrix = matrix(experts, kernel.layout(WEIGHTS), scratch);
        Chunk chunk;
        for (long from = 0; from < weights.size(0); from += chunk.size) {
            chunk = chunk(from, weights.size(0), kernel.layout(WEIGHTS), scratch);
            matrix.mix(chunk.rows(weights), chunk.kernels);
            for (long i = 0; i < chunk.size; i++) {
                Memory out = chunk.image(dy, i, kernel.layout(DIFF_DST));
                Memory in = chunk.image(dx, i, kernel.layout(DIFF_SRC));
                kernel.run(Map.of(DIFF_DST, out, WEIGHTS, chunk.kernel(i), DIFF_SRC, in));
            }
        }
    }

    private static ExpertMatrix matrix(INDArray experts, Layout kernel, Scratch scratch) {
        return new ExpertMatrix(Memory.of(experts), kernel.stacked(experts.size(0)), scratch);
    }
}
