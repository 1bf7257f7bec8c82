package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.OpenMp;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Threads that share work whose parts are too small, or too much Java, for kernels that share each of theirs: OpenMP's,
 * or, where these cannot run Java, threads of Java's. Native code that they call runs on the thread that calls it.
 */
public final class Workers {
    /** Where OpenMP's threads cannot help. */
    private static final ExecutorService HELPERS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "condconv-worker");
        thread.setDaemon(true);
        return thread;
    });

    private Workers() {}

    /** Runs tasks 0 to {@code tasks - 1} on as many threads as a kernel of the calling thread would use. */
    public static void run(int tasks, IntConsumer task) {
        Job job = new Job(tasks, task);
        if (tasks > 1 && OpenMp.isAvailable()) {
            OpenMp.runOnEachThread(job::work);
        } else {
            runWithHelpers(job);
        }
        job.rethrow();
    }

    /** As {@link #run} does where OpenMP's threads cannot help. */
    static void runWithHelpers(int tasks, IntConsumer task) {
        Job job = new Job(tasks, task);
        runWithHelpers(job);
        job.rethrow();
    }

    private static void runWithHelpers(Job job) {
        int threads = OneDnn.threads();
        for (int i = 1; i < Math.min(job.tasks, threads); i++) {
            HELPERS.execute(() -> {
                OneDnn.setThreads(1);
                job.work();
            });
        }
        OneDnn.setThreads(1);
        try {
            job.work();
        } finally {
            OneDnn.setThreads(threads);
        }
        job.await();
    }

    /** Tasks that any number of threads take one after another. */
    private static final class Job {
        private final int tasks;
        private final IntConsumer task;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger working = new AtomicInteger();
        private volatile Throwable failure;

        Job(int tasks, IntConsumer task) {
            this.tasks = tasks;
            this.task = task;
        }

        void work() {
            working.incrementAndGet();
            try {
                for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                    task.accept(i);
                }
            } catch (RuntimeException | Error e) {
                failure = e;
                next.set(tasks);
            } finally {
                working.decrementAndGet();
            }
        }

        /** Waits for those that still work, after all tasks have been taken. */
        void await() {
            while (working.get() > 0) {
                Thread.onSpinWait();
            }
        }

        void rethrow() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
