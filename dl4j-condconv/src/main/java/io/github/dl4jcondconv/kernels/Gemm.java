package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.InnerProduct;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices by the same threads as convolutions: a change to OpenBLAS's would cost more than many products. */
final class Gemm {
    private Gemm() {}

    /**
     * c = a b.
     *
     * @param a a small matrix; copied unless it is in C order, which oneDNN's fast kernels want
     * @param b in memory as it likes
     */
    static void multiply(INDArray a, INDArray b, INDArray c) {
        INDArray left = FoldedImages.isDense(a) ? a : a.dup('c');
        INDArray weights = b.transpose();
        new InnerProduct(Layout.of(left), Layout.of(weights), false, Layout.of(c))
                .forward(false, PostOps.NONE)
                .run(Map.of(
                        Argument.SRC,
                        Memory.of(left),
                        Argument.WEIGHTS,
                        Memory.of(weights),
                        Argument.DST,
                        Memory.of(c)));
    }

    /** c = c + a b. oneDNN's fast kernels cannot add to what is there. */
    static void multiplyAndAdd(INDArray a, INDArray b, INDArray c) {
        INDArray product = Nd4j.createUninitialized(DataType.FLOAT, c.shape());
        multiply(a, b, product);
        c.addi(product);
    }
}
