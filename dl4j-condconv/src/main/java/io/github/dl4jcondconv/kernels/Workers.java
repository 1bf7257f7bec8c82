package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Java threads that share work whose parts are too small, or too much Java, for OpenMP's threads. Native code that they
 * call runs on the thread that calls it.
 */
public final class Workers {
    private Workers() {}

    /** Runs tasks 0 to {@code tasks - 1} on as many threads as a kernel of the calling thread would use. */
    public static void run(int tasks, IntConsumer task) {
        run(Math.min(tasks, OneDnn.threads()), tasks, task);
    }

    private static void run(int threads, int tasks, IntConsumer task) {
        AtomicInteger next = new AtomicInteger();
        IntStream.range(0, threads).parallel().forEach(worker -> {
            int before = OneDnn.threads();
            OneDnn.setThreads(1);
            try {
                for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                    task.accept(i);
                }
            } finally {
                OneDnn.setThreads(before);
            }
        });
    }
}
