package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.factory.Nd4j;

@EnabledOnOs(OS.LINUX)
class OpenMpTest {
    private final int threads = OneDnn.threads();

    @BeforeEach
    void useThreeThreads() {
        assumeTrue(Nd4j.getEnvironment().isCPU(), "a backend for CPUs");
        OneDnn.setThreads(3);
    }

    @AfterEach
    void useAsManyThreadsAsBefore() {
        OneDnn.setThreads(threads);
    }

    @Test
    void hasThreadsThatRunJavaOnLinux() {
        assertThat(OpenMp.isAvailable()).isTrue();
    }

    @Test
    void hasNoneToAddToASingleThread() {
        OneDnn.setThreads(1);
        assertThat(OpenMp.isAvailable()).isFalse();
    }

    @Test
    void doesTheWorkOnceOnEachThread() {
        AtomicInteger times = new AtomicInteger();
        OpenMp.runOnEachThread(times::incrementAndGet);
        assertThat(times).hasValue(3);
    }

    @Test
    void usesTheSameThreadsEachTime() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 20; i++) {
            OpenMp.runOnEachThread(() -> seen.add(Thread.currentThread()));
        }
        assertThat(seen).hasSize(3).contains(Thread.currentThread());
    }

    @Test
    void leavesNoThreadsBehindOfAThreadThatEnds() throws InterruptedException {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        Thread caller = new Thread(() -> {
            OneDnn.setThreads(3);
            OpenMp.runOnEachThread(() -> seen.add(Thread.currentThread()));
        });
        caller.start();
        caller.join();
        for (Thread thread : seen) {
            thread.join(10_000);
        }
        assertThat(seen).hasSize(3).noneMatch(Thread::isAlive);
    }

    @Test
    void doesNotKeepTheJvmFromEnding() {
        Set<Thread> others = ConcurrentHashMap.newKeySet();
        OpenMp.runOnEachThread(() -> others.add(Thread.currentThread()));
        others.remove(Thread.currentThread());
        assertThat(others).isNotEmpty().allMatch(Thread::isDaemon);
    }
}
