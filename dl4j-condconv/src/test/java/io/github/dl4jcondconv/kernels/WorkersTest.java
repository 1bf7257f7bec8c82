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
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class WorkersTest {
    private static final int TASKS = 100;

    /** Whose threads work. */
    enum Crew {
        OPENMP(Workers::run),
        JAVA(Workers::runWithHelpers);

        private final BiConsumer<Integer, IntConsumer> runner;

        Crew(BiConsumer<Integer, IntConsumer> runner) {
            this.runner = runner;
        }

        void run(int tasks, IntConsumer task) {
            runner.accept(tasks, task);
        }
    }

    @Parameter
    private Crew crew;

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
        crew.run(TASKS, i -> runs.incrementAndGet(i));
        assertThat(runs).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void hasNothingToDoWithoutTasks() {
        assertThatCode(() -> crew.run(0, i -> {
                    throw new AssertionError("task " + i);
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void runsTasksAtTheSameTimeOnAsManyThreadsAsKernels() {
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        CyclicBarrier all = new CyclicBarrier(3);
        crew.run(3, i -> {
            seen.add(Thread.currentThread());
            await(all);
        });
        assertThat(seen).hasSize(3);
    }

    @Test
    void givesEachTaskOneThreadForItsKernels() {
        AtomicIntegerArray inTask = new AtomicIntegerArray(TASKS);
        crew.run(TASKS, i -> inTask.set(i, OneDnn.threads()));
        assertThat(inTask).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void leavesTheCallersThreadsAsTheyWere() {
        crew.run(TASKS, i -> {});
        assertThat(OneDnn.threads()).isEqualTo(3);
    }

    @Test
    void throwsWhatATaskThrew() {
        assertThatThrownBy(() -> crew.run(TASKS, i -> {
                    if (i == TASKS / 2) {
                        throw new IllegalArgumentException("task " + i);
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("task 50");
    }

    @Test
    void worksAfterAFailure() {
        assertThatThrownBy(() -> crew.run(TASKS, i -> {
                    throw new AssertionError(i);
                }))
                .isInstanceOf(AssertionError.class);
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        crew.run(TASKS, i -> runs.incrementAndGet(i));
        assertThat(runs).hasToString(new AtomicIntegerArray(filled(1)).toString());
    }

    @Test
    void runsTasksInsideTasks() {
        AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
        crew.run(10, i -> crew.run(10, j -> runs.incrementAndGet(10 * i + j)));
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
