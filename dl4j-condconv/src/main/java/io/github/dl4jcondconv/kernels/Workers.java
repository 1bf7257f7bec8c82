package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.Collections;
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
 * once. Waking them takes about as long as small work, and Linux may wake them on the processor that the waking thread
 * keeps for itself, above all on virtual machines, whose halted processors do not count as idle: work of 4 ms was seen to
 * take 8 ms each time that it was done after a rest. So a thread made for it wakes them: a new thread begins where least is
 * to be done, and what it wakes stays with it.
 */
public final class Workers {
    /** About as long as libgomp's threads. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(3);

    /** Work for one helper each. */
    private static final BlockingQueue<Job> OFFERS = new LinkedBlockingQueue<>();

    private static final AtomicInteger SLEEPING = new AtomicInteger();

    private static int helpers;

    private Workers() {}

    /** Runs tasks 0 to {@code tasks - 1} on as many threads as a kernel of the calling thread would use. */
    public static void run(int tasks, IntConsumer task) {
        int threads = OneDnn.threads();
        Job job = new Job(tasks, task);
        int wanted = Math.max(0, Math.min(tasks, threads) - 1);
        hire(wanted);
        offer(job, wanted);
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
            start("condconv-worker-" + (helpers + 1), Workers::help);
        }
    }

    private static void offer(Job job, int times) {
        if (times > 0 && SLEEPING.get() > 0) {
            start("condconv-waker", () -> OFFERS.addAll(Collections.nCopies(times, job)));
        } else {
            OFFERS.addAll(Collections.nCopies(times, job));
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
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
        SLEEPING.incrementAndGet();
        try {
            return OFFERS.take();
        } finally {
            SLEEPING.decrementAndGet();
        }
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

        /**
         * Waits for those that still work, after all tasks have been taken. Not by yielding at once: two threads that have
         * come to one processor and yield to each other seem to have just run, and such are not moved to an idle one.
         */
        void finish() {
            long start = System.nanoTime();
            while (working.get() > 0) {
                if (System.nanoTime() - start < PATIENCE) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
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
