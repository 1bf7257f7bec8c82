package io.github.dl4jcondconv.onednn;

import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;

/**
 * What a kernel does to each of its results before writing it: y = activation(x), activation(x + y) with the y that was
 * there, or activation(x + z) with another argument, {@link Argument#ADDEND}.
 *
 * @param sum whether to add what the destination held
 * @param addend of z, or null
 * @param activation or null
 */
public record PostOps(boolean sum, Layout addend, Eltwise.Function activation) {
    /** Nothing. */
    public static final PostOps NONE = new PostOps(false, null);

    /** Without an addend. */
    public PostOps(boolean sum, Eltwise.Function activation) {
        this(sum, null, activation);
    }

    /** The sum with another array, then an activation. */
    public static PostOps addThen(Layout addend, Eltwise.Function activation) {
        return new PostOps(false, addend, activation);
    }

    /** An activation. */
    public static PostOps of(Eltwise.Function activation) {
        return new PostOps(false, activation);
    }

    /** oneDNN's form, to be destroyed by the caller; working memory is given at each call, so that threads share nothing. */
    dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        OneDnn.check(dnnl.dnnl_primitive_attr_create(attributes), "create attributes");
        OneDnn.check(
                dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
                "give working memory");
        dnnl_post_ops operations = new dnnl_post_ops();
        OneDnn.check(dnnl.dnnl_post_ops_create(operations), "create post-operations");
        if (sum) {
            OneDnn.check(dnnl.dnnl_post_ops_append_sum(operations, 1), "append a sum");
        }
        if (addend != null) {
            OneDnn.check(
                    dnnl.dnnl_post_ops_append_binary(operations, dnnl.dnnl_binary_add, addend.description()),
                    "append an addend");
        }
        if (activation != null) {
            OneDnn.check(
                    dnnl.dnnl_post_ops_append_eltwise(
                            operations, 1, activation.algorithm(), activation.alpha(), activation.beta()),
                    "append an activation");
        }
        OneDnn.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, operations), "set post-operations");
        dnnl.dnnl_post_ops_destroy(operations);
        return attributes;
    }
}
