package io.github.dl4jcondconv.examples.bench;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether two contenders did the same work. */
final class Agreement {
    private Agreement() {}

    /**
     * Compares the outcomes, array by array.
     *
     * @param tolerance largest difference relative to the largest expected value
     * @throws IllegalStateException if they differ by more
     */
    static void check(List<INDArray> expected, List<INDArray> actual, double tolerance) {
        if (actual.isEmpty()) {
            return;
        }
        if (expected.size() != actual.size()) {
            throw new IllegalStateException("no outcome of ours to compare with");
        }
        for (int i = 0; i < expected.size(); i++) {
            check(i, expected.get(i), actual.get(i), tolerance);
        }
    }

    private static void check(int number, INDArray expected, INDArray actual, double tolerance) {
        INDArray e = expected.reshape(expected.length());
        INDArray a = actual.reshape(actual.length());
        if (e.length() != a.length()) {
            throw new IllegalStateException("outcome %d is of shape %s, ours of shape %s"
                    .formatted(number, Arrays.toString(actual.shape()), Arrays.toString(expected.shape())));
        }
        double difference = a.sub(e).amaxNumber().doubleValue() / e.amaxNumber().doubleValue();
        if (!(difference <= tolerance)) {
            throw new IllegalStateException(
                    "outcome %d differs from ours by %.1e, allowed: %.0e".formatted(number, difference, tolerance));
        }
    }
}
