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

    private final List<BoundKernel> kernels = new ArrayList<>();
    private final int threads = OneDnn.threads();

    private Recording() {}

    /**
     * Does a piece of work and records it.
     *
     * @param work all of which is calls of {@link Kernel#run} on memory outside workspaces; new memory is
     */
    public static Recording of(Runnable work) {
        Recording recording = new Recording();
        during(recording, () -> {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                work.run();
            }
            return null;
        });
        return recording;
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
            recording.kernels.add(kernel.bind(arguments));
        }
    }

    /** Whether the calling thread may repeat it: kernels are compiled for a number of threads. */
    public boolean isForThisThread() {
        return threads == OneDnn.threads();
    }

    /** Does the same again, with what the memory holds now. */
    public synchronized void repeat() {
        for (BoundKernel kernel : kernels) {
            kernel.run();
        }
    }
}
