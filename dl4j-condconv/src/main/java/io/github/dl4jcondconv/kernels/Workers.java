package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Java threads that share work whose parts are too small, or too much Java, for OpenMP's threads. Native code that they
 * call runs on the thread that calls it.
 *
 * <p>As OpenMP's threads do, they look for more work for some time before they sleep. The common pool's threads sleep at
 * once. Waking them takes about as long as small work, and schedulers may wake them on the processor that the waking thread
 * keeps for itself: work of 4 ms was seen to take 8 ms each time that it was done after a rest.
 */
public final class Workers {
    /** About as long as libgomp's threads. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(3);

    /** Work for one helper each. */
    private static final BlockingQueue<Job> OFFERS = new LinkedBlockingQueue<>();

    private static int helpers;

    private Workers() {}

    /** Runs tasks 0 to {@code tasks - 1} on as many threads as a kernel of the calling thread would use. */
    public static void run(int tasks, IntConsumer task) {
        int threads = OneDnn.threads();
        Job job = new Job(tasks, task);
        int wanted = Math.min(tasks, threads) - 1;
        hire(wanted);
        for (int i = 0; i < wanted; i++) {
            OFFERS.add(job);
        }
        OneDnn.setThreads(1);
        try {
            job.work();
        } finally {
            OneDnn.setThreads(threads);
        }
        job.finish();
    }

    private static synchronized void hire(int wanted) {
        for (; helpers < wanted; helpers++) {
            Thread helper = new Thread(Workers::help, "condconv-worker-" + (helpers + 1));
            helper.setDaemon(true);
            helper.start();
        }
    }

    private static void help() {
        OneDnn.setThreads(1);
        try {
            while (true) {
                offered().work();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody needs a helper to get done
        }
    }

    private static Job offered() throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE) {
            Job job = OFFERS.poll();
            if (job != null) {
                return job;
            }
            Thread.yield();
        }
        return OFFERS.take();
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
        void finish() {
            while (working.get() > 0) {
                Thread.yield();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
