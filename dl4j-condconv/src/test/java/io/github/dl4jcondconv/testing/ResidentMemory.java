package io.github.dl4jcondconv.testing;

import org.bytedeco.javacpp.Pointer;

/** How the memory of this process grows while something is done again and again. */
public final class ResidentMemory {
    /** Below this the allocator's and the garbage collector's own coming and going shows. */
    private static final long FLAT = 1 << 20;

    private static final int ROUNDS = 6;

    private ResidentMemory() {}

    /**
     * How often to call what is checked: the system property kernel.calls, 20000 for the long form, or a number that takes
     * a second.
     */
    public static int calls(int few) {
        return Integer.getInteger("kernel.calls", few);
    }

    /**
     * Whether a round of calls leaves no more memory in use than before, not counting what is shared with other processes.
     * Java's heap and the caches of libraries grow too, but not for ever: what leaks shows in every one of some equal
     * rounds.
     */
    public static boolean isFlat(int calls, Runnable call) {
        repeat(calls / 10, call);
        long growth = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && growth > FLAT; round++) {
            long before = bytes();
            repeat(calls, call);
            growth = bytes() - before;
            System.out.printf("%d calls: %+d kB%n", calls, growth >> 10);
        }
        return growth <= FLAT;
    }

    private static void repeat(int times, Runnable call) {
        for (int i = 0; i < times; i++) {
            call.run();
        }
    }

    private static long bytes() {
        System.gc();
        System.gc();
        return Pointer.physicalBytes();
    }
}
