package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.MatMul;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Sgemm;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices by the same threads as convolutions: a change to OpenBLAS's would cost more than many products. */
public final class Gemm {
    private static final PostOps ADD = new PostOps(true, null);

    private Gemm() {}

    /** a b, small matrices, in new memory; by BLAS where oneDNN is missing. */
    public static INDArray product(INDArray a, INDArray b) {
        INDArray c = Nd4j.createUninitialized(DataType.FLOAT, a.size(0), b.size(1));
        product(a, b, c);
        return c;
    }

    /** c = a b, small matrices. */
    public static void product(INDArray a, INDArray b, INDArray c) {
        if (OneDnn.isAvailable()) {
            INDArray dense = Images.isDense(c) ? c : Nd4j.createUninitialized(DataType.FLOAT, c.shape());
            multiply(small(a), Memory.of(b), Memory.of(dense));
            if (dense != c) {
                c.assign(dense);
            }
        } else if (isReadable(c)) {
            Blas.multiply(readable(a), readable(b), Matrix.of(c));
        } else {
            c.assign(product(a, b));
        }
    }

    private static Matrix readable(INDArray matrix) {
        return Matrix.of(isReadable(matrix) ? matrix : matrix.dup('c'));
    }

    /** Whether BLAS can read it: not broadcast, and without gaps in rows or columns. */
    private static boolean isReadable(INDArray matrix) {
        long row = matrix.stride(0);
        long column = matrix.stride(1);
        return row == 1 && column >= 1 || column == 1 && row >= 1;
    }

    /** c = a b, of matrices or of as many pairs of them as the first of three dimensions says. */
    static void multiply(Memory a, Memory b, Memory c) {
        multiply(a, b, false, c);
    }

    /** c = c + a b, likewise. */
    static void multiplyAndAdd(Memory a, Memory b, Memory c) {
        multiply(a, b, true, c);
    }

    /** c = a b, or c = c + a b. */
    static void multiply(Memory a, Memory b, boolean add, Memory c) {
        if (a.layout().dims().length == 2) {
            Sgemm.run(a, b, add, c);
        } else {
            new MatMul(a.layout(), b.layout(), c.layout())
                    .kernel(add ? ADD : PostOps.NONE)
                    .run(Map.of(Argument.SRC, a, Argument.WEIGHTS, b, Argument.DST, c));
        }
    }

    /** A small matrix in C order, which oneDNN's fast kernels want. */
    static Memory small(INDArray matrix) {
        return Memory.of(Images.dense(matrix));
    }
}
