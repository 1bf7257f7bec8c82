package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;

/**
 * Experts, or some of their channels, as the rows of a matrix [E, L]: each row a kernel in the layout that a convolution
 * wants. Mixing and its gradients are products with that matrix, so that mixed kernels, of which there are N / E times as
 * many numbers, are never reordered.
 */
final class ExpertMatrix {
    private final Layout experts;
    private final boolean filledUp;
    private final long length;
    private final Memory rows;
    private final Memory matrix;
    private final Scratch scratch;

    /**
     * @param dims of the experts or parts of them that are loaded, [E, nOut, nIn, kH, kW]
     * @param kernels the convolution's layout of E such kernels, their channels filled up to whole blocks
     */
    ExpertMatrix(long[] dims, Layout kernels, Scratch scratch) {
        experts = kernels.filledUpFrom(dims);
        filledUp = !experts.equals(kernels);
        length = kernels.elements() / dims[0];
        rows = scratch.of("experts", kernels);
        this.scratch = scratch;
        matrix = matrix(rows);
    }

    /**
     * Brings experts into this matrix.
     *
     * @param experts in memory as they like
     */
    void load(Memory experts) {
        if (filledUp) {
            rows.array().assign(0);
        }
        Reorder.copy(experts, rows.as(this.experts));
    }

    private Memory gradient() {
        return scratch.of("gradient of experts", rows.layout());
    }

    /** Kernels as the rows of a matrix. */
    Memory matrix(Memory kernels) {
        return kernels.as(Layout.dense(kernels.layout().elements() / length, length));
    }

    /**
     * Kernels a . W.
     *
     * @param weights a, [n, E]
     * @param kernels [n, L], to be overwritten
     */
    void mix(Memory weights, Memory kernels) {
        Gemm.multiply(weights, matrix, kernels);
    }

    /** The experts, [E, L]. */
    Memory rows() {
        return matrix;
    }

    /**
     * dW = a^T . dK, or added to what is there.
     *
     * @param transposedWeights a^T, [E, n]
     */
    void gradient(Memory transposedWeights, Memory dKernels, boolean add) {
        Gemm.multiply(transposedWeights, dKernels, add, matrix(gradient()));
    }

    /** Writes dW to where it belongs. */
    void storeGradient(Memory dExperts) {
        Reorder.copy(gradient().as(experts), dExperts);
    }
}
