package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Experts, or some of their channels, as the rows of a matrix [E, L]: each row a kernel in the layout that a convolution
 * wants. Mixing and its gradients are products with that matrix, so that mixed kernels, of which there are N / E times as
 * many numbers, are never reordered.
 */
final class ExpertMatrix {
    private final Layout kernels;
    private final Layout experts;
    private final Scratch scratch;
    private final long length;

    /**
     * @param experts [E, nOut, nIn, kH, kW], in memory as they like
     * @param kernels the convolution's layout of E such kernels, their channels filled up to whole blocks
     */
    ExpertMatrix(Memory experts, Layout kernels, Scratch scratch) {
        this.kernels = kernels;
        this.experts = kernels.filledUpFrom(experts.layout().dims());
        this.scratch = scratch;
        length = kernels.elements() / kernels.dims()[0];
        if (!this.experts.equals(kernels)) {
            rows().array().assign(0);
        }
        Reorder.copy(experts, rows().as(this.experts));
    }

    private Memory rows() {
        return scratch.of("experts", kernels);
    }

    private Memory gradient() {
        return scratch.of("gradient of experts", kernels);
    }

    /** Elements of a row. */
    long length() {
        return length;
    }

    private Memory matrix(Memory kernels) {
        return kernels.as(Layout.dense(kernels.layout().elements() / length, length));
    }

    private Memory transposed(Memory kernels) {
        return kernels.as(
                Layout.strided(new long[] {length, kernels.layout().elements() / length}, new long[] {1, length}));
    }

    /**
     * Kernels a . W.
     *
     * @param weights a, [n, E]
     * @param kernels n rows, to be overwritten
     */
    void mix(INDArray weights, Memory kernels) {
        Gemm.multiply(Gemm.small(weights), matrix(rows()), matrix(kernels));
    }

    /** dWeights = dK . W^T, or added to what is there. */
    void gradientOfWeights(Memory dKernels, INDArray dWeights, boolean add) {
        if (add) {
            Gemm.multiplyAndAdd(matrix(dKernels), transposed(rows()), Memory.of(dWeights));
        } else {
            Gemm.multiply(matrix(dKernels), transposed(rows()), Memory.of(dWeights));
        }
    }

    /** dW = a^T . dK, or added to what is there. */
    void gradient(INDArray weights, Memory dKernels, boolean add) {
        Memory transposed = Gemm.small(weights.transpose());
        if (add) {
            Gemm.multiplyAndAdd(transposed, matrix(dKernels), matrix(gradient()));
        } else {
            Gemm.multiply(transposed, matrix(dKernels), matrix(gradient()));
        }
    }

    /** Writes dW to where it belongs. */
    void storeGradient(Memory dExperts) {
        Reorder.copy(gradient().as(experts), dExperts);
    }
}
