package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.InnerProduct;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of matrices by the same threads as convolutions: a change to OpenBLAS's would cost more than many products. */
final class Gemm {
    private static final PostOps ADD = new PostOps(true, null);

    private Gemm() {}

    /** c = a b, all matrices in memory as they like. */
    static void multiply(INDArray a, INDArray b, INDArray c) {
        run(a, b, c, PostOps.NONE);
    }

    /** c = c + a b. */
    static void multiplyAndAdd(INDArray a, INDArray b, INDArray c) {
        run(a, b, c, ADD);
    }

    private static void run(INDArray a, INDArray b, INDArray c, PostOps after) {
        INDArray weights = b.transpose();
        new InnerProduct(Layout.of(a), Layout.of(weights), false, Layout.of(c))
                .forward(false, after)
                .run(Map.of(
                        Argument.SRC, Memory.of(a), Argument.WEIGHTS, Memory.of(weights), Argument.DST, Memory.of(c)));
    }
}
