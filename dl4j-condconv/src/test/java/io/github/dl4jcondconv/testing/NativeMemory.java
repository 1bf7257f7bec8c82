package io.github.dl4jcondconv.testing;

import java.util.function.LongSupplier;
import org.bytedeco.javacpp.Pointer;

/** How the memory of this process outside Java's heap grows while something is done again and again. */
public final class NativeMemory {
    /** No object of C's or C++'s is smaller than this, with what the allocator adds to it. */
    private static final long SMALLEST_OBJECT = 32;

    /** Where only the size of the process is known: below this the coming and going of everything else in it shows. */
    private static final long RESIDENT = 1 << 20;

    private static final int ROUNDS = 60;

    private NativeMemory() {}

    /**
     * How often to call what is checked: the system property kernel.calls, 20000 for the long form, or a number that takes
     * a part of a second.
     */
    public static int calls(int few) {
        return Integer.getInteger("kernel.calls", few);
    }

    /**
     * Whether a call leaves no object behind. What leaks shows in every one of some equal rounds of calls; the garbage
     * collector, the compiler of hot methods and caches that fill up show in the first ones only.
     *
     * <p>With the GNU C library a leak of one object a call is seen, of the smallest ones from some hundred calls on;
     * elsewhere one of a megabyte a round.
     */
    public static boolean isFlat(int calls, Runnable call) {
        return Malloc.counts()
                ? someRoundLeaves(calls * SMALLEST_OBJECT / 2, Malloc::bytes, calls, call)
                : someRoundLeaves(RESIDENT, Pointer::physicalBytes, calls, call);
    }

    /**
     * Up or down: a leak could hide behind something larger that ended. Two rounds count as one too, since some objects
     * that are not leaked are freed a round later, all those of every other round at once.
     */
    private static boolean someRoundLeaves(long most, LongSupplier bytes, int calls, Runnable call) {
        repeat(3 * calls, call);
        long before = collected(bytes);
        long twoBefore = Long.MIN_VALUE / 2;
        for (int round = 0; round < ROUNDS; round++) {
            long resident = Pointer.physicalBytes();
            repeat(calls, call);
            long after = collected(bytes);
            System.out.printf(
                    "%d calls: %+d bytes, process %+d kB%n",
                    calls, after - before, (Pointer.physicalBytes() - resident) >> 10);
            if (Math.abs(after - before) <= most || Math.abs(after - twoBefore) <= 2 * most) {
                return true;
            }
            twoBefore = before;
            before = after;
        }
        return false;
    }

    private static void repeat(int times, Runnable call) {
        for (int i = 0; i < times; i++) {
            call.run();
        }
    }

    /** After what Java no longer uses has been freed, by threads that work beside this one. */
    private static long collected(LongSupplier bytes) {
        long before;
        long after = bytes.getAsLong();
        do {
            before = after;
            System.gc();
            sleep();
            after = bytes.getAsLong();
        } while (after < before);
        return after;
    }

    private static void sleep() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
