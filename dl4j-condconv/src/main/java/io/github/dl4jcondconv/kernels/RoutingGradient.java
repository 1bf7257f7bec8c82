package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient of the experts' weights, dK . W^T summed over tiles of kernels. The products have few rows and columns, too
 * few for threads to share: so kernels are cut into parts, whose products are added up at the end.
 */
final class RoutingGradient {
    private static final long MOST_PARTS = 8;

    private final long examples;
    private final long experts;
    private final Memory sums;

    RoutingGradient(INDArray weights) {
        examples = weights.size(0);
        experts = weights.size(1);
        sums = Memory.allocate(Layout.dense(MOST_PARTS, examples, experts));
        sums.array().assign(0);
    }

    /** Adds the share of a tile whose experts lie without gaps. */
    void add(Examples some, Memory dKernels, Memory matrix) {
        add(some, dKernels, matrix, matrix.layout().dims()[1]);
    }

    /**
     * Adds the share of a tile.
     *
     * @param some the examples that the kernels are of
     * @param dKernels [n, L], without gaps
     * @param matrix W, [E, L]
     * @param line elements from one row of W to the next
     */
    void add(Examples some, Memory dKernels, Memory matrix, long line) {
        long length = matrix.layout().dims()[1];
        long parts = Math.min(MOST_PARTS, Long.lowestOneBit(length));
        long part = length / parts;
        Layout left = Layout.strided(new long[] {parts, some.size(), part}, new long[] {part, length, 1});
        Layout right = Layout.strided(new long[] {parts, part, experts}, new long[] {part, 1, line});
        Layout result =
                Layout.strided(new long[] {parts, some.size(), experts}, new long[] {examples * experts, experts, 1});
        Gemm.multiplyAndAdd(dKernels.as(left), matrix.as(right), sums.from(some.from() * experts, result));
    }

    /** Writes the sum. */
    void store(INDArray dWeights) {
        dWeights.assign(sums.array().reshape('c', MOST_PARTS, examples, experts).sum(0));
    }
}
