package io.github.dl4jcondconv.onednn;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.dnnl.const_dnnl_op_desc_t;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** Compiles kernels, and keeps the most recently used ones. */
final class Kernels {
    /** More than the layers of a deep network, forward and backward, for a few batch sizes. */
    private static final int MOST = 2048;

    static final Map<Object, Kernel> CACHE = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Kernel> eldest) {
            return size() > MOST;
        }
    };

    private Kernels() {}

    /** The kernel of an operation, compiled now or before; working memory depends on the number of threads. */
    static Kernel cached(Object operation, Object pass, Supplier<Kernel> compiler) {
        Object key = new Key(operation, pass, OneDnn.threads());
        synchronized (CACHE) {
            Kernel kernel = CACHE.get(key);
            if (kernel == null) {
                kernel = compiler.get();
                CACHE.put(key, kernel);
            }
            return kernel;
        }
    }

    /** What a product of images and weights reads and writes. */
    static Argument[] ofProduct(boolean bias, PostOps after) {
        Set<Argument> arguments = EnumSet.of(Argument.SRC, Argument.WEIGHTS, Argument.DST);
        if (bias) {
            arguments.add(Argument.BIAS);
        }
        if (after.addend() != null) {
            arguments.add(Argument.ADDEND);
        }
        return arguments.toArray(Argument[]::new);
    }

    private record Key(Object operation, Object pass, int threads) {}

    /**
     * Compiles an operation.
     *
     * @param operation oneDNN's description of it
     * @param forward of the backward kernel's forward kernel, or null
     */
    static Kernel compile(String name, Pointer operation, PostOps after, Kernel forward, Argument... arguments) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        dnnl_primitive_attr attributes = after.attributes();
        try {
            OneDnn.check(
                    dnnl.dnnl_primitive_desc_create(
                            description,
                            new const_dnnl_op_desc_t(operation),
                            attributes,
                            OneDnn.engine(),
                            forward == null ? null : forward.description()),
                    name);
        } finally {
            dnnl.dnnl_primitive_attr_destroy(attributes);
        }
        return of(description, true, arguments);
    }

    /** The kernel of a compiled description, with the workspace as one more argument if there is one. */
    static Kernel of(dnnl_primitive_desc description, boolean needsAligned, Argument... arguments) {
        Map<Argument, Layout> layouts = new EnumMap<>(Argument.class);
        for (Argument argument : arguments) {
            layouts.put(argument, Kernel.layout(description, argument.id));
        }
        Layout workspace = Kernel.layout(description, Argument.WORKSPACE.id);
        if (workspace != null) {
            layouts.put(Argument.WORKSPACE, workspace);
        }
        return new Kernel(description, layouts, needsAligned);
    }
}
