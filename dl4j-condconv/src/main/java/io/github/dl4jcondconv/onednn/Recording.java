package io.github.dl4jcondconv.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The kernels that a piece of work ran and the memory that they ran on, to run them again without what Java does around
 * them: of a small layer that takes longer than the kernels do.
 */
public final class Recording {
    private static final ThreadLocal<Recording> CURRENT = new ThreadLocal<>();
    private static final ThreadLocal<List<Recording>> OWED = ThreadLocal.withInitial(ArrayList::new);

    private final List<Runnable> steps = new ArrayList<>();
    private final int threads;

    private Recording(int threads) {
        this.threads = threads;
    }

    /**
     * Does a piece of work and records it.
     *
     * @param work all of which is calls of {@link Kernel#run} and {@link Pieces#copy} on memory outside workspaces; new
     *     memory is
     */
    public static Recording of(Runnable work) {
        Recording recording = new Recording(OneDnn.threads());
        during(recording, () -> {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                work.run();
            }
            return null;
        });
        return recording;
    }

    /**
     * What several recordings do, one after another.
     *
     * @param parts at least one, for threads of the same {@link OneDnn#threads}
     */
    public static Recording join(List<Recording> parts) {
        Recording joined = new Recording(parts.get(0).threads);
        parts.forEach(part -> joined.steps.addAll(part.steps));
        return joined;
    }

    /** Does work that is to be done once only. */
    public static <T> T without(Supplier<T> work) {
        return during(null, work);
    }

    private static <T> T during(Recording recording, Supplier<T> work) {
        Recording before = CURRENT.get();
        CURRENT.set(recording);
        try {
            return work.get();
        } finally {
            CURRENT.set(before);
        }
    }

    /** Adds what a kernel has just done to this thread's recording, if there is one. */
    static void note(Kernel kernel, Map<Argument, Memory> arguments) {
        Recording recording = CURRENT.get();
        if (recording != null) {
            recording.steps.add(kernel.bind(arguments)::run);
        }
    }

    /** Adds another step that this thread has just done to its recording, if there is one. */
    static void note(Runnable step, Memory... arguments) {
        Recording recording = CURRENT.get();
        if (recording == null) {
            return;
        }
        for (Memory argument : arguments) {
            if (argument.array().isAttached()) {
                throw new IllegalArgumentException("oneDNN: an argument lies in a workspace, which may close");
            }
        }
        recording.steps.add(step);
    }

    /** Whether the calling thread may repeat it: kernels are compiled for a number of threads. */
    public boolean isForThisThread() {
        return threads == OneDnn.threads();
    }

    /**
     * Does the same again, with what the memory holds then, before the thread's next kernel that is none of these or in
     * {@link #catchUp}. Kernels directly one after another leave Java's own code and data in the caches, which weights would
     * drive out between them.
     */
    public void repeatLater() {
        OWED.get().add(this);
    }

    /** Takes {@link #repeatLater} back. */
    public void doNotRepeat() {
        OWED.get().remove(this);
    }

    /** Does what the thread has put off, before anything but a kernel reads or writes the memory. */
    public static void catchUp() {
        List<Recording> owed = OWED.get();
        if (owed.isEmpty()) {
            return;
        }
        try {
            owed.forEach(Recording::repeat);
        } finally {
            owed.clear();
        }
    }

    private synchronized void repeat() {
        for (Runnable step : steps) {
            step.run();
        }
    }
}
