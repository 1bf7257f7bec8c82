package io.github.dl4jcondconv.onednn;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_blocking_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A product of matrices by oneDNN's BLAS function, for which nothing is compiled. It is faster than {@link MatMul} where
 * the inner dimension is short.
 */
public final class Sgemm {
    private Sgemm() {}

    /**
     * Computes c = a b, or c = c + a b.
     *
     * @param a [M, K], its rows or its columns without gaps, as of the others
     * @param b [K, N]
     * @param c [M, N], its rows without gaps
     * @throws IllegalArgumentException if their sizes do not fit together or they lie otherwise in memory
     */
    public static void run(Memory a, Memory b, boolean add, Memory c) {
        Matrix left = Matrix.of(a);
        Matrix right = Matrix.of(b);
        Matrix result = Matrix.of(c);
        if (left.columns != right.rows || result.rows != left.rows || result.columns != right.columns) {
            throw new IllegalArgumentException(
                    "oneDNN: " + c.layout() + " is not the shape of " + a.layout() + " times " + b.layout());
        }
        if (result.transposed) {
            throw new IllegalArgumentException("oneDNN: the rows of a product must not have gaps: " + c.layout());
        }
        Recording.catchUp();
        OneDnn.check(
                dnnl.dnnl_sgemm(
                        left.letter(),
                        right.letter(),
                        result.rows,
                        result.columns,
                        left.columns,
                        1,
                        left.pointer(),
                        left.line,
                        right.pointer(),
                        right.line,
                        add ? 1 : 0,
                        result.pointer(),
                        result.line),
                "multiply matrices");
        Reference.reachabilityFence(a);
        Reference.reachabilityFence(b);
        Reference.reachabilityFence(c);
    }

    /** @param line elements from one row to the next, or column if it is transposed */
    private record Matrix(Memory memory, long rows, long columns, boolean transposed, long line) {
        static Matrix of(Memory memory) {
            long[] dims = memory.layout().dims();
            dnnl_blocking_desc_t lines = memory.layout().description().format_desc_blocking();
            boolean isMatrix = dims.length == 2 && lines.inner_nblks() == 0;
            if (isMatrix && lines.strides().get(1) == 1) {
                return new Matrix(
                        memory,
                        dims[0],
                        dims[1],
                        false,
                        Math.max(lines.strides().get(0), dims[1]));
            }
            if (isMatrix && lines.strides().get(0) == 1) {
                return new Matrix(
                        memory, dims[0], dims[1], true, Math.max(lines.strides().get(1), dims[0]));
            }
            throw new IllegalArgumentException(
                    "oneDNN: neither rows nor columns of a matrix lie without gaps: " + memory.layout());
        }

        byte letter() {
            return (byte) (transposed ? 'T' : 'N');
        }

        FloatPointer pointer() {
            if (!memory.array().isInScope()) {
                throw new IllegalArgumentException("oneDNN: the memory of "
                        + Arrays.toString(memory.layout().dims()) + " belongs to a workspace that has been closed");
            }
            return new FloatPointer(memory.address());
        }
    }
}
