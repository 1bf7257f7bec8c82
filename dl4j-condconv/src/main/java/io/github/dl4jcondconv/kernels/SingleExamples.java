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
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One example after the other, by a convolution without groups, for which oneDNN has more algorithms: one for windows of
 * a single pixel, and Winograd's. Kernels are mixed for some examples at a time, as many as the cache holds.
 */
final class SingleExamples implements ExampleConvolution<Memory> {
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

    private List<Examples> chunks(INDArray weights, Layout kernel) {
        return Examples.cut(weights.size(0), Math.max(1, chunkBytes / (kernel.elements() * Float.BYTES)));
    }

    /** Scratch for the kernels of some examples. */
    private static Memory kernels(Examples chunk, Layout kernel, Scratch scratch) {
        return scratch.of("kernels", kernel.stacked(chunk.size()));
    }

    private static Memory images(Examples chunk, Memory images, Layout image) {
        return chunk.of(images, image.stacked(chunk.size()));
    }

    @Override
    public void forward(Memory x, INDArray experts, INDArray weights, Memory y) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        Kernel kernel = convolution(x, y).forward(true, PostOps.NONE);
        ExpertMatrix matrix = matrix(experts, kernel.layout(WEIGHTS), scratch);
        for (Examples chunk : chunks(weights, kernel.layout(WEIGHTS))) {
            Memory kernels = kernels(chunk, kernel.layout(WEIGHTS), scratch);
            matrix.mix(chunk.of(mixing), matrix.matrix(kernels));
            Memory in = images(chunk, x, kernel.layout(SRC));
            Memory out = images(chunk, y, kernel.layout(DST));
            kernel.runEach(chunk.size(), Map.of(SRC, in, WEIGHTS, kernels, DST, out));
        }
    }

    @Override
    public void backwardWeights(
            Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        RoutingGradient routing = new RoutingGradient(weights);
        Kernel kernel = convolution(x, dy).backwardWeights();
        ExpertMatrix matrix = matrix(experts, kernel.layout(DIFF_WEIGHTS), scratch);
        for (Examples chunk : chunks(weights, kernel.layout(DIFF_WEIGHTS))) {
            Memory dKernels = kernels(chunk, kernel.layout(DIFF_WEIGHTS), scratch);
            Memory in = images(chunk, x, kernel.layout(SRC));
            Memory out = images(chunk, dy, kernel.layout(DIFF_DST));
            kernel.runEach(chunk.size(), Map.of(SRC, in, DIFF_DST, out, DIFF_WEIGHTS, dKernels));
            Memory rows = matrix.matrix(dKernels);
            routing.add(chunk, rows, matrix.rows());
            matrix.gradient(chunk.columns(mixing), rows, chunk.from() > 0);
        }
        matrix.storeGradient(Memory.of(dExperts));
        routing.store(dWeights);
    }

    @Override
    public void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx) {
        Scratch scratch = new Scratch();
        Memory mixing = Gemm.small(weights);
        Kernel kernel = convolution(dx, dy).backwardData();
        ExpertMatrix matrix = matrix(experts, kernel.layout(WEIGHTS), scratch);
        for (Examples chunk : chunks(weights, kernel.layout(WEIGHTS))) {
            Memory kernels = kernels(chunk, kernel.layout(WEIGHTS), scratch);
            matrix.mix(chunk.of(mixing), matrix.matrix(kernels));
            Memory out = images(chunk, dy, kernel.layout(DIFF_DST));
            Memory in = images(chunk, dx, kernel.layout(DIFF_SRC));
            kernel.runEach(chunk.size(), Map.of(DIFF_DST, out, WEIGHTS, kernels, DIFF_SRC, in));
        }
    }

    private static ExpertMatrix matrix(INDArray experts, Layout kernel, Scratch scratch) {
        ExpertMatrix matrix = new ExpertMatrix(experts.shape(), kernel.stacked(experts.size(0)), scratch);
        matrix.load(Memory.of(experts));
        return matrix;
    }
}
