package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import org.bytedeco.dnnl.dnnl_pooling_v2_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Pooling of every window of every channel.
 *
 * @param src images [N, C, H, W]
 * @param dst images [N, C, H', W']
 */
public record Pooling(Kind kind, Layout src, Layout dst, Window window) {
    /** What becomes of a window. */
    public enum Kind {
        /** The largest; training kernels share a WORKSPACE. */
        MAX(dnnl.dnnl_pooling_max),
        /** The sum divided by the size of the window. */
        AVERAGE(dnnl.dnnl_pooling_avg_include_padding),
        /** The sum divided by the number of pixels inside the image. */
        AVERAGE_INSIDE(dnnl.dnnl_pooling_avg_exclude_padding);

        private final int algorithm;

        Kind(int algorithm) {
            this.algorithm = algorithm;
        }
    }

    /**
     * DST from SRC.
     *
     * @param training whether the backward kernel follows
     */
    public Kernel forward(boolean training) {
        return Kernels.cached(this, "forward " + training, () -> {
            dnnl_pooling_v2_desc_t operation = new dnnl_pooling_v2_desc_t();
            OneDnn.check(
                    dnnl.dnnl_pooling_v2_forward_desc_init(
                            operation,
                            training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                            kind.algorithm,
                            src.description(),
                            dst.description(),
                            window.strides(),
                            window.size(),
                            window.dilation(),
                            window.paddingBefore(),
                            window.paddingAfter(src, dst)),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, null, SRC, DST);
        });
    }

    /** DIFF_SRC from DIFF_DST. */
    public Kernel backward() {
        return Kernels.cached(this, "backward", () -> {
            dnnl_pooling_v2_desc_t operation = new dnnl_pooling_v2_desc_t();
            OneDnn.check(
                    dnnl.dnnl_pooling_v2_backward_desc_init(
                            operation,
                            kind.algorithm,
                            src.description(),
                            dst.description(),
                            window.strides(),
                            window.size(),
                            window.dilation(),
                            window.paddingBefore(),
                            window.paddingAfter(src, dst)),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, forward(true), DIFF_DST, DIFF_SRC);
        });
    }
}
