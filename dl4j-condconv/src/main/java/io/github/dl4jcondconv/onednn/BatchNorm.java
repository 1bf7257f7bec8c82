package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SCALE;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.MEAN;
import static io.github.dl4jcondconv.onednn.Argument.SCALE;
import static io.github.dl4jcondconv.onednn.Argument.SHIFT;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.VARIANCE;

import org.bytedeco.dnnl.dnnl_batch_normalization_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Batch normalisation of every channel:
 *
 * <pre>
 * y = SCALE * (x - MEAN) / sqrt(VARIANCE + eps) + SHIFT
 * </pre>
 *
 * MEAN, VARIANCE (the biased one), SCALE and SHIFT have one element a channel.
 *
 * @param data images [N, C, H, W], or vectors [N, C]
 * @param relu whether max(0, y) follows; then the training kernels share a WORKSPACE
 */
public record BatchNorm(Layout data, float eps, boolean relu) {

    /** DST from SRC, normalised by the statistics of the batch, which it writes to MEAN and VARIANCE. */
    public Kernel forwardTraining() {
        return forward(dnnl.dnnl_forward_training, flags());
    }

    /** DST from SRC, normalised by the given MEAN and VARIANCE. */
    public Kernel forwardInference() {
        return forward(dnnl.dnnl_forward_inference, flags() | dnnl.dnnl_use_global_stats);
    }

    private Kernel forward(int kind, int flags) {
        return Kernels.cached(this, "forward " + kind, () -> {
            dnnl_batch_normalization_desc_t operation = new dnnl_batch_normalization_desc_t();
            OneDnn.check(
                    dnnl.dnnl_batch_normalization_forward_desc_init(operation, kind, data.description(), eps, flags),
                    "describe " + this);
            return Kernels.compile(
                    "compute " + this, operation, PostOps.NONE, null, SRC, MEAN, VARIANCE, SCALE, SHIFT, DST);
        });
    }

    /** DIFF_SRC, DIFF_SCALE and DIFF_SHIFT of the training kernel from DIFF_DST and what that kernel read and wrote. */
    public Kernel backward() {
        return Kernels.cached(this, "backward", () -> {
            dnnl_batch_normalization_desc_t operation = new dnnl_batch_normalization_desc_t();
            OneDnn.check(
                    dnnl.dnnl_batch_normalization_backward_desc_init(
                            operation, dnnl.dnnl_backward, data.description(), data.description(), eps, flags()),
                    "describe " + this);
            return Kernels.compile(
                    "compute " + this,
                    operation,
                    PostOps.NONE,
                    forwardTraining(),
                    SRC,
                    MEAN,
                    VARIANCE,
                    SCALE,
                    SHIFT,
                    DIFF_DST,
                    DIFF_SRC,
                    DIFF_SCALE,
                    DIFF_SHIFT);
        });
    }

    private int flags() {
        return dnnl.dnnl_use_scale | dnnl.dnnl_use_shift | (relu ? dnnl.dnnl_fuse_norm_relu : 0);
    }
}
