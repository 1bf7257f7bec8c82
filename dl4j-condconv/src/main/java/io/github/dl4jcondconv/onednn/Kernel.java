package io.github.dl4jcondconv.onednn;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Compiled machine code of one operation on given layouts, for a given number of threads. Any thread may run it, also at
 * the same time as others.
 */
public final class Kernel {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final ThreadLocal<Scratchpad> SCRATCHPAD = ThreadLocal.withInitial(Scratchpad::new);

    private final Code code;
    private final Map<Argument, Layout> layouts;
    private final Layout scratchpad;
    private final boolean needsAligned;

    /**
     * @param description owned by the kernel from now on
     * @param needsAligned whether it writes at multiples of a vector register's size only
     */
    Kernel(dnnl_primitive_desc description, Map<Argument, Layout> layouts, boolean needsAligned) {
        this.needsAligned = needsAligned;
        dnnl_primitive primitive = new dnnl_primitive();
        OneDnn.check(dnnl.dnnl_primitive_create(primitive, description), "create a primitive");
        this.code = new Code(description, primitive, new ConcurrentLinkedQueue<>());
        CLEANER.register(this, code::release);
        this.layouts = layouts;
        this.scratchpad = layout(description, dnnl.DNNL_ARG_SCRATCHPAD);
    }

    /** What a compiled description wants for an argument; null if it has none. */
    static Layout layout(dnnl_primitive_desc description, int argument) {
        dnnl_memory_desc_t found =
                dnnl.dnnl_primitive_desc_query_md(description, dnnl.dnnl_query_exec_arg_md, argument);
        return found == null || found.ndims() == 0 ? null : Layout.copyOf(found);
    }

    /**
     * How an argument must lie in memory.
     *
     * @throws IllegalArgumentException if the kernel has no such argument
     */
    public Layout layout(Argument argument) {
        Layout layout = layouts.get(argument);
        if (layout == null) {
            throw new IllegalArgumentException("oneDNN: the kernel has no " + argument + ", only " + layouts.keySet());
        }
        return layout;
    }

    /** Whether the kernel reads or writes an argument. */
    public boolean has(Argument argument) {
        return layouts.containsKey(argument);
    }

    /** The name of the implementation that oneDNN chose. */
    public String implementation() {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
            OneDnn.check(
                    dnnl.dnnl_primitive_desc_query(code.description, dnnl.dnnl_query_impl_info_str, 0, name),
                    "name an implementation");
            return name.get(BytePointer.class).getString();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Computes.
     *
     * @param arguments all of the kernel's, each in the kernel's layout
     * @throws IllegalArgumentException if an argument is missing, too many or in another layout
     */
    public void run(Map<Argument, Memory> arguments) {
        checkArguments(arguments, layouts::get);
        Recording.catchUp();
        Call call = call();
        try (Detours detours = new Detours()) {
            int i = 0;
            for (Argument argument : layouts.keySet()) {
                Memory memory = arguments.get(argument);
                Pointer address = memory.address();
                boolean direct = !needsAligned || !argument.isWrittenInBulk() || isAligned(address);
                call.point(i++, direct ? address : detours.add(address, memory.layout()));
            }
            if (scratchpad != null) {
                call.pointScratchpad(SCRATCHPAD.get().atLeast(scratchpad.elements()));
            }
            call.execute(code.primitive);
            detours.copyBack();
        } finally {
            code.idle.add(call);
            Reference.reachabilityFence(arguments);
            Reference.reachabilityFence(this);
        }
        Recording.note(this, arguments);
    }

    /**
     * Computes several times, without what a {@link #run} costs beside that.
     *
     * @param stacks for every argument {@code times} of them one after another, in layouts {@link Layout#stacked}
     * @throws IllegalArgumentException if an argument is missing, too many, in another layout or not aligned
     */
    public void runEach(long times, Map<Argument, Memory> stacks) {
        checkArguments(stacks, argument -> layouts.get(argument).stacked(times));
        Recording.catchUp();
        Call call = call();
        try {
            List<Stack> each = layouts.entrySet().stream()
                    .map(e -> stack(e.getKey(), stacks.get(e.getKey()), e.getValue()))
                    .toList();
            if (scratchpad != null) {
                call.pointScratchpad(SCRATCHPAD.get().atLeast(scratchpad.elements()));
            }
            for (long turn = 0; turn < times; turn++) {
                for (int i = 0; i < each.size(); i++) {
                    call.point(i, each.get(i).address(turn));
                }
                call.execute(code.primitive);
            }
        } finally {
            code.idle.add(call);
            Reference.reachabilityFence(stacks);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * The kernel with arguments to run on again and again.
     *
     * @throws IllegalArgumentException as {@link #run}, and if an argument lies in a workspace or is not aligned
     */
    BoundKernel bind(Map<Argument, Memory> arguments) {
        checkArguments(arguments, layouts::get);
        Call bound = new Call(layouts, scratchpad);
        int i = 0;
        for (Argument argument : layouts.keySet()) {
            Memory memory = arguments.get(argument);
            Pointer address = memory.address();
            if (memory.array().isAttached()) {
                throw new IllegalArgumentException("oneDNN: " + argument + " lies in a workspace, which may close");
            }
            if (needsAligned && argument.isWrittenInBulk() && !isAligned(address)) {
                throw new IllegalArgumentException(
                        "oneDNN: " + argument + " must begin at a multiple of " + OneDnn.registerBytes() + " bytes");
            }
            bound.point(i++, address);
        }
        BoundKernel result = new BoundKernel(this, Map.copyOf(arguments), bound);
        CLEANER.register(result, bound::close);
        return result;
    }

    /** Runs on the arguments of a call, which were checked before. */
    void run(Call bound) {
        if (scratchpad != null) {
            bound.pointScratchpad(SCRATCHPAD.get().atLeast(scratchpad.elements()));
        }
        bound.execute(code.primitive);
        Reference.reachabilityFence(this);
    }

    private Stack stack(Argument argument, Memory memory, Layout each) {
        Pointer first = memory.address();
        long bytes = each.elements() * Float.BYTES;
        if (needsAligned && argument.isWrittenInBulk() && (!isAligned(first) || bytes % OneDnn.registerBytes() != 0)) {
            throw new IllegalArgumentException(
                    "oneDNN: every " + argument + " must begin at a multiple of " + OneDnn.registerBytes() + " bytes");
        }
        return new Stack(new BytePointer(first), bytes);
    }

    /** Where an argument of several computations lies. */
    private record Stack(BytePointer first, long bytes) {
        Pointer address(long turn) {
            return first.position(turn * bytes);
        }
    }

    private Call call() {
        Call idle = code.idle.poll();
        return idle == null ? new Call(layouts, scratchpad) : idle;
    }

    private static boolean isAligned(Pointer address) {
        return address.address() % OneDnn.registerBytes() == 0;
    }

    dnnl_primitive_desc description() {
        return code.description;
    }

    private void checkArguments(Map<Argument, Memory> arguments, Function<Argument, Layout> wanted) {
        if (!arguments.keySet().equals(layouts.keySet())) {
            throw new IllegalArgumentException(
                    "oneDNN: the kernel's arguments are " + layouts.keySet() + ", not " + arguments.keySet());
        }
        arguments.forEach((argument, memory) -> {
            if (!memory.array().isInScope()) {
                throw new IllegalArgumentException(
                        "oneDNN: the memory of " + argument + " belongs to a workspace that has been closed");
            }
            Layout layout = wanted.apply(argument);
            if (!memory.layout().equals(layout)) {
                throw new IllegalArgumentException(
                        "oneDNN: " + argument + " must be " + layout + ", not " + memory.layout());
            }
        });
    }

    /** The native side; knows nothing of its kernel, so that the kernel can be collected. */
    private record Code(dnnl_primitive_desc description, dnnl_primitive primitive, Queue<Call> idle) {
        void release() {
            idle.forEach(Call::close);
            dnnl.dnnl_primitive_destroy(primitive);
            dnnl.dnnl_primitive_desc_destroy(description);
        }
    }

    /** Memory that an execution writes in place of arrays that lie where it could not. */
    private static final class Detours implements AutoCloseable {
        private final List<Detour> detours = new ArrayList<>(0);

        Pointer add(Pointer array, Layout layout) {
            detours.add(new Detour(array, layout.elements()));
            return detours.get(detours.size() - 1).aligned;
        }

        void copyBack() {
            detours.forEach(Detour::copyBack);
        }

        @Override
        public void close() {
            detours.forEach(Detour::close);
        }
    }

    /** Memory that is written in place of an array's. */
    private static final class Detour {
        private final Pointer array;
        private final long bytes;
        private final FloatPointer memory;
        private final Pointer aligned;

        Detour(Pointer array, long elements) {
            this.array = array;
            this.bytes = elements * Float.BYTES;
            this.memory = new FloatPointer(elements + Memory.CACHE_LINE / Float.BYTES);
            this.aligned = aligned(memory);
            Pointer.memcpy(aligned, array, bytes);
        }

        void copyBack() {
            Pointer.memcpy(array, aligned, bytes);
        }

        void close() {
            memory.close();
        }
    }

    /** The first place in new memory where a cache line begins. */
    private static Pointer aligned(FloatPointer memory) {
        long excess = memory.address() % Memory.CACHE_LINE;
        return memory.getPointer(excess == 0 ? 0 : (Memory.CACHE_LINE - excess) / Float.BYTES);
    }

    /** Working memory that the kernels of a thread take turns in. */
    private static final class Scratchpad {
        private FloatPointer memory = new FloatPointer(Memory.CACHE_LINE / Float.BYTES);
        private Pointer start = aligned(memory);

        Pointer atLeast(long elements) {
            long needed = elements + Memory.CACHE_LINE / Float.BYTES;
            if (memory.capacity() < needed) {
                memory.close();
                memory = new FloatPointer(needed);
                start = aligned(memory);
            }
            return start;
        }
    }
}
