package io.github.dl4jcondconv.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private static final int TASKS = 100;

    private final int threads = OneDnn.threads();

    @BeforeEach
    void useThreeThreads() {
        OneDnn.setThreads(3);
    }

    @AfterEach
    void useAsManyThreadsAsBefore() {
        OneDnn.setThreads(threads);
    }

    @Test
    void runsEveryTaskOnce() {
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        Workers.run(TASKS, i -> runs.incrementAndGet(i));
        assertThat(runs).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void hasNothingToDoWithoutTasks() {
        assertThatCode(() -> Workers.run(0, i -> {
                    throw new AssertionError("task " + i);
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void runsTasksAtTheSameTimeOnAsManyThreadsAsKernels() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CyclicBarrier all = new CyclicBarrier(3);
        Workers.run(3, i -> {
            seen.add(Thread.currentThread());
            await(all);
        });
        assertThat(seen).hasSize(3);
    }

    @Test
    void givesEachTaskOneThreadForItsKernels() {
        AtomicIntegerArray inTask = new AtomicIntegerArray(TASKS);
        Workers.run(TASKS, i -> inTask.set(i, OneDnn.threads()));
        assertThat(inTask).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void leavesTheCallersThreadsAsTheyWere() {
        Workers.run(TASKS, i -> {});
        assertThat(OneDnn.threads()).isEqualTo(3);
    }

    @Test
    void throwsWhatATaskThrew() {
        assertThatThrownBy(() -> Workers.run(TASKS, i -> {
                    if (i == TASKS / 2) {
                        throw new IllegalArgumentException("task " + i);
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task 50");
    }

    @Test
    void worksAfterAFailure() {
        assertThatThrownBy(() -> Workers.run(TASKS, i -> {
                    throw new AssertionError(i);
                }))
                .isInstanceOf(AssertionError.class);
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        Workers.run(TASKS, i -> runs.incrementAndGet(i));
        assertThat(runs).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void runsTasksInsideTasks() {
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        Workers.run(10, i -> Workers.run(10, j -> runs.incrementAndGet(10 * i + j)));
        assertThat(runs).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    private static int[] filled(int value) {
        int[] all = new int[TASKS];
        Arrays.fill(all, value);
        return all;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new IllegalStateException("not all tasks run at the same time", e);
        }
    }
}
