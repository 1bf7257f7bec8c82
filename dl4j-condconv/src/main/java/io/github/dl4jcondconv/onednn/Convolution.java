package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A 2-D convolution (cross-correlation). oneDNN may choose every layout that is {@link Layout#any}.
 *
 * @param src images [N, nIn, H, W]
 * @param weights [nOut, nIn, kH, kW], or [groups, nOut / groups, nIn / groups, kH, kW]
 * @param bias whether there is one, [nOut]
 * @param dst images [N, nOut, H', W']
 */
public record Convolution(Layout src, Layout weights, boolean bias, Layout dst, Window window, Algorithm algorithm) {
    /** How it is computed. */
    public enum Algorithm {
        /** oneDNN's choice: Winograd's where it expects that to pay. */
        AUTO(dnnl.dnnl_convolution_auto),
        /** Winograd's, for windows of 3x3 without stride and dilation. */
        WINOGRAD(dnnl.dnnl_convolution_winograd);

        private final int id;

        Algorithm(int id) {
            this.id = id;
        }
    }

    /** By the algorithm of oneDNN's choice. */
    public Convolution(Layout src, Layout weights, boolean bias, Layout dst, Window window) {
        this(src, weights, bias, dst, window, Algorithm.AUTO);
    }

    /**
     * DST = after(SRC * WEIGHTS + BIAS).
     *
     * @param training whether backward kernels follow
     */
    public Kernel forward(boolean training, PostOps after) {
        return Kernels.cached(this, "forward " + training + after, () -> {
            dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl.dnnl_dilated_convolution_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            algorithm.id,
                            src.description(),
                            weights.description(),
                            biasDescription(),
                            dst.description(),
                            window.strides(),
                            window.dilation(),
                            window.paddingBefore(),
                            window.paddingAfter(src, dst)),
                    "describe " + this);
            Argument[] arguments = bias ? new Argument[] {SRC, WEIGHTS, BIAS, DST} : new Argument[] {SRC, WEIGHTS, DST};
            return Kernels.compile("compute " + this, operation, after, null, arguments);
        });
    }

    /** DIFF_SRC from DIFF_DST and WEIGHTS. */
    public Kernel backwardData() {
        return Kernels.cached(this, "backward data", () -> {
            dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl.dnnl_dilated_convolution_backward_data_desc_init(
                            operation,
                            algorithm.id,
                            src.description(),
                            weights.description(),
                            dst.description(),
                            window.strides(),
                            window.dilation(),
                            window.paddingBefore(),
                            window.paddingAfter(src, dst)),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, hint(), DIFF_DST, WEIGHTS, DIFF_SRC);
        });
    }

    /** DIFF_WEIGHTS and DIFF_BIAS from SRC and DIFF_DST. */
    public Kernel backwardWeights() {
        return Kernels.cached(this, "backward weights", () -> {
            dnnl_convolution_desc_t operation = new dnnl_convolution_desc_t();
            OneDnn.check(
                    dnnl.dnnl_dilated_convolution_backward_weights_desc_init(
                            operation,
                            algorithm.id,
                            src.description(),
                            weights.description(),
                            biasDescription(),
                            dst.description(),
                            window.strides(),
                            window.dilation(),
                            window.paddingBefore(),
                            window.paddingAfter(src, dst)),
                    "describe " + this);
            Argument[] arguments = bias
                    ? new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS, DIFF_BIAS}
                    : new Argument[] {SRC, DIFF_DST, DIFF_WEIGHTS};
            return Kernels.compile("compute " + this, operation, PostOps.NONE, hint(), arguments);
        });
    }

    /** Backward kernels are compiled beside a forward kernel, in layouts of its own. */
    private Kernel hint() {
        return forward(true, PostOps.NONE);
    }

    private dnnl_memory_desc_t biasDescription() {
        return bias ? Layout.dense(dst.dims()[1]).description() : null;
    }
}
