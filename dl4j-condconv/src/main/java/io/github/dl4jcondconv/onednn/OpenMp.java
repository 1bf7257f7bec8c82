package io.github.dl4jcondconv.onednn;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs Java on the threads of OpenMP, the same that ND4J's operations and oneDNN's kernels run on.
 *
 * <p>After its work such a thread spins for some milliseconds, waiting for more, and any other thread that is to work
 * meanwhile gets half of a processor at best: a network that computed some layers by kernels and others by threads that
 * waited awake took 1.6 times as long.
 *
 * <p>Needs libgomp, which ND4J has on Linux; its entry point is what GCC compiles {@code #pragma omp parallel} to.
 */
public final class OpenMp {
    private static final Map<Long, Runnable> WORK = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong(1);

    private OpenMp() {}

    /** Whether OpenMP's threads can run Java; not so where the calling thread has one thread only. */
    public static boolean isAvailable() {
        return OneDnn.threads() > 1 && Shared.IS_ND4JS;
    }

    /**
     * Does the same work on the calling thread and as many others as a kernel of this thread would use, and waits for all.
     * While it is done, kernels called by these threads use one thread. It must throw nothing.
     */
    public static void runOnEachThread(Runnable work) {
        // All of them, even if there is less to do: threads that a team leaves out end, and their memory with them
        Gomp.run(OneDnn.threads(), work);
    }

    private static void doNothing() {
        // All that is asked is on which threads
    }

    /** Found out at first use. */
    private static final class Shared {
        /** Whether libgomp is there and ND4J uses it, too: only then a setting made in parallel ends with that. */
        static final boolean IS_ND4JS = endsSettings();

        private static boolean endsSettings() {
            int threads = OneDnn.threads();
            try {
                Gomp.run(threads, OpenMp::doNothing); // nothing of this class, for which other threads would wait
            } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
                return false; // another platform, or no JNA
            }
            boolean ended = OneDnn.threads() == threads;
            OneDnn.setThreads(threads);
            return ended;
        }
    }

    /** What native code calls: a function of one pointer, which is a number of ours. */
    private interface Region extends Callback {
        void run(Pointer number);
    }

    /** libgomp's functions. */
    private static final class Gomp {
        /** Kept: native code refers to it. */
        private static final Region REGION = number -> {
            OneDnn.setThreads(1);
            WORK.get(Pointer.nativeValue(number)).run();
        };

        static {
            // Threads stay attached to the JVM, and do not keep it from ending
            Native.setCallbackThreadInitializer(REGION, new CallbackThreadInitializer(true, false, "condconv-openmp"));
            // By this name it is the one that has been loaded, wherever it lies
            Native.register(Gomp.class, NativeLibrary.getInstance("libgomp.so.1"));
        }

        static void run(int threads, Runnable work) {
            long number = NEXT.getAndIncrement();
            WORK.put(number, work);
            try {
                GOMP_parallel(REGION, new Pointer(number), threads, 0);
            } finally {
                WORK.remove(number);
            }
        }

        /** {@code void GOMP_parallel(void (*fn)(void *), void *data, unsigned num_threads, unsigned flags)}. */
        private static native void GOMP_parallel(Region fn, Pointer data, int threads, int flags);
    }
}
