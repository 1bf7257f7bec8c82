package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Adds one number to all pixels of a channel.
 *
 * @param images [N, C, H, W]
 * @param channels [1, C, 1, 1]
 */
public record ChannelSum(Layout images, Layout channels) {

    /** DST = SRC + SRC_1; DST may be SRC. */
    public Kernel kernel() {
        return Kernels.cached(this, "", () -> {
            dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
            OneDnn.check(
                    dnnl.dnnl_binary_desc_init(
                            operation,
                            dnnl.dnnl_binary_add,
                            images.description(),
                            channels.description(),
                            images.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, PostOps.NONE, null, SRC, SRC_1, DST);
        });
    }
}
