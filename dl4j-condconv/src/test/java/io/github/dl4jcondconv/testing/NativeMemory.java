package io.github.dl4jcondconv.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
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
     * How often to call what is checked in a round: the system property kernel.calls, 2500 for the long form, whose rounds
     * make more than 20,000 calls, or a number that takes a part of a second.
     */
    public static int calls(int few) {
        return Integer.getInteger("kernel.calls", few);
    }

    /**
     * Whether a call leaves no object behind. What leaks shows in every one of some equal rounds of calls; the garbage
     * collector, the compiler of hot methods and caches that fill up show in the first ones only.
     *
     * <p>With the GNU C library a leak of one object a call is seen, of the smallest ones for certain from some ten thousand
     * calls on, and from some hundred nearly always; elsewhere one of a megabyte a round.
     */
    public static boolean isFlat(int calls, Runnable call) {
        return Malloc.counts()
                ? settles(calls * SMALLEST_OBJECT / 2, Malloc::bytes, calls, call)
                : settles(RESIDENT, Pointer::physicalBytes, calls, call);
    }

    /**
     * Whether the middle one of the last steps is small: a leak shows in each of them, something else that ends in some. A
     * step is two rounds or three, since some objects that are not leaked are freed a round or two later, all at once.
     */
    private static boolean settles(long most, LongSupplier bytes, int calls, Runnable call) {
        repeat(3 * calls, call);
        List<Long> readings = new ArrayList<>(List.of(collected(bytes)));
        for (int round = 1; round <= ROUNDS; round++) {
            long resident = Pointer.physicalBytes();
            repeat(calls, call);
            readings.add(collected(bytes));
            System.out.printf(
                    "%d calls: %+d bytes, process %+d kB%n",
                    calls, readings.get(round) - readings.get(round - 1), (Pointer.physicalBytes() - resident) >> 10);
            if (isSmall(middleStep(readings, 2), 2 * most) || isSmall(middleStep(readings, 3), 3 * most)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSmall(OptionalLong step, long most) {
        return step.isPresent() && Math.abs(step.getAsLong()) <= most;
    }

    /** Of so many that one round that is not like the others, which several steps have in them, does not decide. */
    private static OptionalLong middleStep(List<Long> readings, int rounds) {
        int last = readings.size() - 1;
        int steps = 2 * rounds + 1;
        return IntStream.range(0, last >= 3 * rounds ? steps : 0)
                .mapToLong(i -> readings.get(last - i) - readings.get(last - i - rounds))
                .sorted()
                .skip(rounds)
                .findFirst();
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
