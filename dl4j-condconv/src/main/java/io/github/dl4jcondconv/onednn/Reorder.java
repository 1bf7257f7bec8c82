package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A copy from one layout to another of the same shape: DST = after(SRC). */
public record Reorder(Layout from, Layout to, PostOps after) {

    /** Copies. */
    public static void copy(Memory from, Memory to) {
        new Reorder(from.layout(), to.layout(), PostOps.NONE).kernel().run(Map.of(SRC, from, DST, to));
    }

    /** An array in another layout: itself if it lies so, otherwise a copy in new memory. */
    public static Memory to(Layout layout, Memory memory) {
        if (memory.layout().equals(layout)) {
            return memory;
        }
        Memory copy = Memory.allocate(layout);
        copy(memory, copy);
        return copy;
    }

    /** An array in another layout: itself if it lies so, otherwise a copy in new memory. */
    public static Memory to(Layout layout, INDArray array) {
        return to(layout, Memory.of(array));
    }

    /** Of SRC and DST. */
    public Kernel kernel() {
        return Kernels.cached(this, "", () -> {
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            dnnl_primitive_attr attributes = after.attributes();
            try {
                OneDnn.check(
                        dnnl.dnnl_reorder_primitive_desc_create(
                                description,
                                from.description(),
                                OneDnn.engine(),
                                to.description(),
                                OneDnn.engine(),
                                attributes),
                        "copy " + from + " to " + to);
            } finally {
                dnnl.dnnl_primitive_attr_destroy(attributes);
            }
            return Kernels.of(description, false, SRC, DST);
        });
    }
}
