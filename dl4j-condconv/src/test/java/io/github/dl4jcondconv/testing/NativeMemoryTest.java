package io.github.dl4jcondconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    /** Of which a leak is more than what other threads, such as the JVM's compilers, take and give back: a megabyte. */
    private static final int CALLS = 20_000;

    @Test
    void aLeakOfOneSmallObjectACallIsSeen() {
        assumeThat(Malloc.counts()).isTrue();
        assertThat(NativeMemory.isFlat(CALLS, () -> Pointer.malloc(1))).isFalse();
    }

    @Test
    void whatIsFreedAgainIsNone() {
        assertThat(NativeMemory.isFlat(20, () -> Pointer.free(Pointer.malloc(1 << 20))))
                .isTrue();
    }

    @Test
    void whatIsFreedTwoRoundsLaterIsNone() {
        Deque<Pointer> held = new ArrayDeque<>();
        boolean flat = NativeMemory.isFlat(20, () -> {
            held.add(Pointer.malloc(100));
            if (held.size() == 60) {
                held.forEach(Pointer::free);
                held.clear();
            }
        });
        held.forEach(Pointer::free);
        assertThat(flat).isTrue();
    }
}
