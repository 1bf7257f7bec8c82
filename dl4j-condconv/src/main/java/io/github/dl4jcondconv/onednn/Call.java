package io.github.dl4jcondconv.onednn;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** The arguments of executions in oneDNN's form, for one thread at a time. */
final class Call implements AutoCloseable {
    private final dnnl_exec_arg_t arguments;
    private final dnnl_memory[] memories;
    private long scratchpad;

    /** @param scratchpad the last argument's, or null */
    Call(Map<Argument, Layout> layouts, Layout scratchpad) {
        memories = new dnnl_memory[layouts.size() + (scratchpad == null ? 0 : 1)];
        arguments = new dnnl_exec_arg_t(memories.length);
        int i = 0;
        for (Map.Entry<Argument, Layout> entry : layouts.entrySet()) {
            add(i++, entry.getKey().id, entry.getValue());
        }
        if (scratchpad != null) {
            add(i, dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
        }
        arguments.position(0);
    }

    private void add(int i, int argument, Layout layout) {
        memories[i] = new dnnl_memory();
        OneDnn.check(
                dnnl.dnnl_memory_create(memories[i], layout.description(), OneDnn.engine(), null), "describe memory");
        arguments.position(i).arg(argument).memory(memories[i]);
    }

    void point(int i, Pointer address) {
        OneDnn.check(dnnl.dnnl_memory_set_data_handle(memories[i], address), "use an array's memory");
    }

    /** Sets the last argument, if it is not there already. */
    void pointScratchpad(Pointer address) {
        if (scratchpad != address.address()) {
            point(memories.length - 1, address);
            scratchpad = address.address();
        }
    }

    void execute(dnnl_primitive primitive) {
        dnnl_stream stream = OneDnn.stream();
        OneDnn.check(dnnl.dnnl_primitive_execute(primitive, stream, memories.length, arguments), "run a primitive");
        OneDnn.check(dnnl.dnnl_stream_wait(stream), "finish a primitive");
    }

    @Override
    public void close() {
        for (dnnl_memory memory : memories) {
            dnnl.dnnl_memory_destroy(memory);
        }
        arguments.close();
    }
}
