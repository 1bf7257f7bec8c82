package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Element by element.
 *
 * @param first of any shape
 * @param second the same, or with 1 in place of some dimensions: then its elements are factors of all along these
 */
public record Multiplication(Layout first, Layout second) {

    /** DST = after(SRC * SRC_1), DST in the layout of SRC; it may be SRC. */
    public Kernel kernel(PostOps after) {
        return Kernels.cached(this, "" + after, () -> {
            dnnl_binary_desc_t operation = new dnnl_binary_desc_t();
            OneDnn.check(
                    dnnl.dnnl_binary_desc_init(
                            operation,
                            dnnl.dnnl_binary_mul,
                            first.description(),
                            second.description(),
                            first.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, operation, after, null, SRC, SRC_1, DST);
        });
    }
}
