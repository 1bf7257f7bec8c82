package io.github.dl4jcondconv.onednn;

import org.bytedeco.dnnl.dnnl_matmul_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A product of matrices, or of as many pairs of them as the first of three dimensions says.
 *
 * @param src [M, K]
 * @param weights [K, N]; no blocks of fewer than 64 columns, which oneDNN 2.5 takes for such of 64
 * @param bias whether there is one, [1, N]
 * @param dst [M, N]
 */
public record MatMul(Layout src, Layout weights, boolean bias, Layout dst) {

    /** Without a bias. */
    public MatMul(Layout src, Layout weights, Layout dst) {
        this(src, weights, false, dst);
    }

    /** DST = after(SRC * WEIGHTS + BIAS). */
    public Kernel kernel(PostOps after) {
        return Kernels.cached(this, after, () -> {
            dnnl_matmul_desc_t operation = new dnnl_matmul_desc_t();
            OneDnn.check(
                    dnnl.dnnl_matmul_desc_init(
                            operation,
                            src.description(),
                            weights.description(),
                            bias ? Layout.dense(1, dst.dims()[1]).description() : null,
                            dst.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, after, null, Kernels.ofProduct(bias, after));
        });
    }
}
