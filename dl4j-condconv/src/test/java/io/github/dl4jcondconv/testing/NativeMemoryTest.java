package io.github.dl4jcondconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    @Test
    void aLeakOfOneSmallObjectACallIsSeen() {
        assumeThat(Malloc.counts()).isTrue();
        assertThat(NativeMemory.isFlat(1000, () -> Pointer.malloc(1))).isFalse();
    }

    @Test
    void whatIsFreedAgainIsNone() {
        assertThat(NativeMemory.isFlat(20, () -> Pointer.free(Pointer.malloc(1 << 20))))
                .isTrue();
    }
}
