package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import org.bytedeco.dnnl.dnnl_inner_product_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A dense layer's matrix product.
 *
 * @param src [N, nIn], or images [N, nIn, H, W]
 * @param weights [nOut, nIn], or [nOut, nIn, H, W]
 * @param bias whether there is one, [nOut]
 * @param dst [N, nOut]
 */
public record InnerProduct(Layout src, Layout weights, boolean bias, Layout dst) {

    /**
     * DST = after(SRC * WEIGHTS + BIAS).
     *
     * @param training whether backward kernels follow
     */
    public Kernel forward(boolean training, PostOps after) {
        return Kernels.cached(this, "forward " + training + after, () -> {
            dnnl_inner_product_desc_t operation = new dnnl_inner_product_desc_t();
            OneDnn.check(
                    dnnl.dnnl_inner_product_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            src.description(),
                            weights.description(),
                            biasDescription(),
                            dst.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, after, null, Kernels.ofProduct(bias, after));
        });
    }

    /** DIFF_SRC from DIFF_DST and WEIGHTS. */
    public Kernel backwardData() {
        return Kernels.cached(this, "backward data", () -> {
            dnnl_inner_product_desc_t operation = new dnnl_inner_product_desc_t();
            OneDnn.check(
                    dnnl.dnnl_inner_product_backward_data_desc_init(
                            operation, src.description(), weights.description(), dst.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, hint(), DIFF_DST, WEIGHTS, DIFF_SRC);
        });
    }

    /** DIFF_WEIGHTS and DIFF_BIAS from SRC and DIFF_DST. */
    public Kernel backwardWeights() {
        return Kernels.cached(this, "backward weights", () -> {
            dnnl_inner_product_desc_t operation = new dnnl_inner_product_desc_t();
            OneDnn.check(
                    dnnl.dnnl_inner_product_backward_weights_desc_init(
                            operation, src.description(), weights.description(), biasDescription(), dst.description()),
                    "describe " + this);
            Argument[] arguments = bias
                    ? new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_BIAS}
                    : new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS};
            return Kernels.compile("compute " + this, operation, PostOps.NONE, hint(), arguments);
        });
    }

    private Kernel hint() {
        return forward(true, PostOps.NONE);
    }

    private dnnl_memory_desc_t biasDescription() {
        return bias ? Layout.dense(dst.dims()[1]).description() : null;
    }
}
