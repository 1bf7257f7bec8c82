package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;

import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * An operation on the elements of two arrays.
 *
 * @param first of any shape
 * @param second the same, or with 1 in place of some dimensions: then an element serves all along these
 */
public record Binary(Operation operation, Layout first, Layout second) {
    /** What becomes of two elements. */
    public enum Operation {
        ADD(dnnl.dnnl_binary_add),
        MULTIPLY(dnnl.dnnl_binary_mul);

        private final int algorithm;

        Operation(int algorithm) {
            this.algorithm = algorithm;
        }
    }

    /** DST = after(operation(SRC, SRC_1)), DST in the layout of SRC; it may be SRC. */
    public Kernel kernel(PostOps after) {
        return Kernels.cached(this, after, () -> {
            dnnl_binary_desc_t description = new dnnl_binary_desc_t();
            OneDnn.check(
                    dnnl.dnnl_binary_desc_init(
                            description,
                            operation.algorithm,
                            first.description(),
                            second.description(),
                            first.description()),
                    "describe " + this);
            return Kernels.compile("compute " + this, description, after, null, SRC, SRC_1, DST);
        });
    }
}
