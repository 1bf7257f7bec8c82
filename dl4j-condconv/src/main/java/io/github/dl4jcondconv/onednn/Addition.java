package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A sum of images.
 *
 * @param first [N, C, H, W]
 * @param second the same, or [1, C, 1, 1]: one number for all pixels of a channel
 */
public record Addition(Layout first, Layout second) {

    /** DST = after(SRC + SRC_1); DST may be SRC. */
    public Kernel kernel(PostOps after) {
        return Kernels.cached(this, "" + after, () -> {
            dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
            OneDnn.check(
                    dnnl.dnnl_binary_desc_init(
                            operation,
                            dnnl.dnnl_binary_add,
                            first.description(),
                            second.description(),
                            first.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, after, null, SRC, SRC_1, DST);
        });
    }
}
