package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Experts for some of their input channels as kernels [nOut, taps], and kernels that are mixtures of them, for some
 * examples at a time: few enough to stay in the cache.
 */
final class ExpertTile {
    private final long[] dims;
    private final long outputs;
    private final long taps;
    private final ExpertMatrix matrix;
    private final Scratch scratch;

    /** @param experts [E, nOut, nIn, kH, kW] */
    ExpertTile(INDArray experts, long channels, Scratch scratch) {
        dims = experts.shape().clone();
        dims[2] = channels;
        outputs = dims[1];
        taps = channels * dims[3] * dims[4];
        matrix = new ExpertMatrix(dims, Layout.dense(dims), scratch);
        this.scratch = scratch;
    }

    /** Takes the channels from {@code first} on. */
    void load(INDArray experts, long first) {
        matrix.load(of(experts, first));
    }

    private Memory of(INDArray experts, long first) {
        return new Memory(Layout.strided(dims, experts.stride()), experts, first * experts.stride(2));
    }

    /** Room for the kernels of some examples, [n, nOut, taps]. */
    Memory kernels(Examples examples) {
        return scratch.of("kernels", Layout.dense(examples.size(), outputs, taps));
    }

    /**
     * The kernels of some examples, until the next ones are asked for.
     *
     * @param weights [N, E]
     */
    Memory mixed(Memory weights, Examples examples) {
        Memory kernels = kernels(examples);
        matrix.mix(examples.of(weights), matrix.matrix(kernels));
        return kernels;
    }

    /** Takes the gradient of some examples' kernels, after those of the examples before. */
    void addGradient(Memory weights, Examples examples, Memory dKernels, RoutingGradient routing) {
        Memory rows = matrix.matrix(dKernels);
        routing.add(examples, rows, matrix.rows());
        matrix.gradient(examples.columns(weights), rows, examples.from() > 0);
    }

    /** Writes the gradient of the channels from {@code first} on. */
    void storeGradient(INDArray dExperts, long first) {
        matrix.storeGradient(of(dExperts, first));
    }
}
