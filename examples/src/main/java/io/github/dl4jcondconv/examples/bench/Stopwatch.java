package io.github.dl4jcondconv.examples.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs comparisons. Contenders take turns, so that what else the machine does hits all alike; before a turn everything
 * rests until the threads of the one before no longer spin. A contender that takes seconds gets fewer turns.
 */
final class Stopwatch {
    /** OpenBLAS's threads, which stock DL4J uses, spin for some tens of milliseconds. */
    private static final long REST_MILLISECONDS = 100;

    /**
     * The JVM compiles what has run often, in threads that take turns with those that compute: what DL4J does around the
     * layers of ResNet50 in the 75th to 95th training step, which take twice as long for it, and what sampled layers do for
     * 12 seconds. Hence so many runs, so long at least, and until it compiles no more.
     */
    private static final int WARM_UP_RUNS = 100;

    private static final double WARM_UP_MILLISECONDS = 5000;
    private static final double LONGEST_WARM_UP_MILLISECONDS = 25_000;

    /** So long a contender runs after the rest, with the run that counts: else that would time its threads' waking up. */
    private static final double SETTLING_MILLISECONDS = 50;

    private static final double SLOW = 2000;
    private static final int SLOW_REPETITIONS = 3;

    private final int repetitions;

    Stopwatch(int repetitions) {
        this.repetitions = repetitions;
    }

    /** Runs a comparison; a contender that fails loses only its own time. */
    Result run(Comparison comparison) {
        Map<Rival, String> failures = new EnumMap<>(Rival.class);
        Map<Rival, Contender> ready = prepare(comparison, failures);
        Map<Rival, Double> medians = new EnumMap<>(Rival.class);
        try {
            time(ready, failures).forEach((rival, times) -> medians.put(rival, median(times)));
        } finally {
            ready.values().forEach(Contender::close);
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
            System.gc(); // what lies outside the heap goes with its arrays only
        }
        return new Result(comparison, medians, failures);
    }

    private static Map<Rival, Contender> prepare(Comparison comparison, Map<Rival, String> failures) {
        Map<Rival, Contender> ready = new LinkedHashMap<>();
        List<INDArray> expected = new ArrayList<>();
        for (Map.Entry<Rival, Supplier<Contender>> entry :
                comparison.contenders().entrySet()) {
            attempt(entry.getKey(), failures, () -> {
                Contender contender = entry.getValue().get();
                try {
                    List<INDArray> outcome = contender.outcome();
                    if (entry.getKey() == Rival.OURS) {
                        expected.addAll(outcome);
                    } else {
                        Agreement.check(expected, outcome, comparison.tolerance());
                    }
                    ready.put(entry.getKey(), contender);
                } finally {
                    if (!ready.containsKey(entry.getKey())) {
                        contender.close();
                    }
                }
            });
        }
        return ready;
    }

    private Map<Rival, List<Double>> time(Map<Rival, Contender> contenders, Map<Rival, String> failures) {
        Map<Rival, List<Double>> times = new EnumMap<>(Rival.class);
        Map<Rival, Double> first = new EnumMap<>(Rival.class);
        contenders.forEach((rival, contender) -> attempt(rival, failures, () -> {
            Compilation compilation = new Compilation();
            first.put(rival, contender.time());
            double spent = first.get(rival);
            for (int i = 1; first.get(rival) < SLOW && !isWarm(i, spent, compilation); i++) {
                first.put(rival, contender.time());
                spent += first.get(rival);
            }
            times.put(rival, new ArrayList<>());
        }));
        for (int turn = 0; turn < repetitions; turn++) {
            for (Map.Entry<Rival, List<Double>> entry : times.entrySet()) {
                double usual = first.get(entry.getKey());
                if (turn < SLOW_REPETITIONS || usual < SLOW) {
                    entry.getValue().add(turn(contenders.get(entry.getKey()), usual));
                }
            }
        }
        return times;
    }

    private static boolean isWarm(int runs, double milliseconds, Compilation compilation) {
        return runs >= WARM_UP_RUNS && milliseconds >= WARM_UP_MILLISECONDS && compilation.rests()
                || milliseconds >= LONGEST_WARM_UP_MILLISECONDS;
    }

    private static double turn(Contender contender, double usual) {
        try {
            TimeUnit.MILLISECONDS.sleep(REST_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
        for (double spent = usual; spent < SETTLING_MILLISECONDS; ) {
            spent += contender.time();
        }
        return contender.time();
    }

    private static void attempt(Rival rival, Map<Rival, String> failures, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            failures.put(rival, String.valueOf(e.getMessage()));
        }
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
