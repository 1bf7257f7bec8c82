package io.github.dl4jcondconv.testing;

import java.util.Arrays;
import java.util.Map;
import org.assertj.core.api.AbstractAssert;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Assertions on arrays that say how far apart they are instead of printing them. Equal means type, shape and every bit;
 * INDArray's own equals lets 1e-5 pass.
 */
public final class NdArrayAssert extends AbstractAssert<NdArrayAssert, INDArray> {
    private NdArrayAssert(INDArray actual) {
        super(actual, NdArrayAssert.class);
    }

    public static NdArrayAssert assertThat(INDArray actual) {
        return new NdArrayAssert(actual);
    }

    /** Asserts that two tables have the same names and, under each, arrays that are equal to the last bit. */
    public static void assertEqual(Map<String, INDArray> actual, Map<String, INDArray> expected) {
        org.assertj.core.api.Assertions.assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, array) -> assertThat(array).as(name).isEqualTo(expected.get(name)));
    }

    /** Asserts that two tables have the same names and, under each, arrays that are {@link #isCloseTo} each other. */
    public static void assertClose(Map<String, INDArray> actual, Map<String, INDArray> expected, double relative) {
        org.assertj.core.api.Assertions.assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, array) -> assertThat(array).as(name).isCloseTo(expected.get(name), relative));
    }

    @Override
    public NdArrayAssert isEqualTo(Object expected) {
        INDArray e = (INDArray) expected;
        if (actual.dataType() != e.dataType()) {
            failWithMessage("expected %s but was %s", e.dataType(), actual.dataType());
        }
        return isWithin(0, 0, e);
    }

    @Override
    public NdArrayAssert isNotEqualTo(Object other) {
        if (sameShape((INDArray) other) && largestDifference((INDArray) other) == 0) {
            failWithMessage("expected two different arrays of shape %s", Arrays.toString(actual.shape()));
        }
        return this;
    }

    /** Asserts that no element differs by more than {@code relative} times the largest element of {@code expected}. */
    public NdArrayAssert isCloseTo(INDArray expected, double relative) {
        return isWithin(relative, 0, expected);
    }

    /** Asserts that no element differs by more than {@code absolute}. */
    public NdArrayAssert isWithin(double absolute, INDArray expected) {
        return isWithin(0, absolute, expected);
    }

    private NdArrayAssert isWithin(double relative, double absolute, INDArray expected) {
        if (!sameShape(expected)) {
            failWithMessage(
                    "expected shape %s but was %s", Arrays.toString(expected.shape()), Arrays.toString(actual.shape()));
        }
        double scale = expected.castTo(DataType.DOUBLE).amaxNumber().doubleValue();
        double difference = largestDifference(expected);
        // Written so that NaN fails
        if (!(difference <= relative * scale + absolute)) {
            failWithMessage(
                    "largest difference %s, largest expected element %s, relative %s, allowed %s or absolute %s",
                    difference, scale, difference / scale, relative, absolute);
        }
        return this;
    }

    private boolean sameShape(INDArray other) {
        return Arrays.equals(actual.shape(), other.shape());
    }

    private double largestDifference(INDArray other) {
        double[] a = actual.dup('c').data().asDouble();
        double[] b = other.dup('c').data().asDouble();
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = Double.compare(a[i], b[i]) == 0 ? 0 : Math.abs(a[i] - b[i]);
            largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
        }
        return largest;
    }
}
