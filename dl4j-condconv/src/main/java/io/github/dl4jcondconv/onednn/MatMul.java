package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A product of matrices.
 *
 * @param src [M, K]
 * @param weights [K, N]
 * @param dst [M, N]
 */
public record MatMul(Layout src, Layout weights, Layout dst) {

    /** DST = after(SRC * WEIGHTS). */
    public Kernel kernel(PostOps after) {
        return Kernels.cached(this, "" + after, () -> {
            dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t();
            OneDnn.check(
                    dnnl.dnnl_matmul_desc_init(
                            operation, src.description(), weights.description(), null, dst.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, after, null, SRC, WEIGHTS, DST);
        });
    }
}
