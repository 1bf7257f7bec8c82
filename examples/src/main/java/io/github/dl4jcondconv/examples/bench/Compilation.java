package io.github.dl4jcondconv.examples.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** Whether this JVM has come to an end of compiling what it runs, which it does in threads beside those that run it. */
final class Compilation {
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(2);
    /** Of the window. */
    private static final long LITTLE_MILLISECONDS = 20;

    private long start = System.nanoTime();
    private long before = milliseconds();

    /** Whether next to nothing was compiled in the last few seconds; to be asked again and again. */
    boolean rests() {
        if (System.nanoTime() - start < WINDOW) {
            return false;
        }
        long now = milliseconds();
        boolean rests = now - before <= LITTLE_MILLISECONDS;
        start = System.nanoTime();
        before = now;
        return rests;
    }

    private static long milliseconds() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime(); // null where all is interpreted
    }
}
