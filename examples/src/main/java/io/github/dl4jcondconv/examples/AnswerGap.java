package io.github.dl4jcondconv.examples;

import org.nd4j.linalg.api.ndarray.INDArray;

/** How far the answers of one network output are from the expected ones, over the batches seen so far. */
public final class AnswerGap {

    private double absolute;
    private double largest;
    private long otherPredictions;

    /** Compares one batch, example by example along the first dimension. */
    public void add(INDArray expected, INDArray actual) {
        double[] e = expected.dup('c').data().asDouble();
        double[] a = actual.dup('c').data().asDouble();
        if (e.length != a.length) {
            throw new IllegalArgumentException("the ONNX model answers with " + a.length + " values, the network with "
                    + e.length + "; they are not of the same model");
        }
        for (int i = 0; i < e.length; i++) {
            absolute = Math.max(absolute, Math.abs(e[i] - a[i]));
            largest = Math.max(largest, Math.abs(e[i]));
        }
        int length = e.length / (int) expected.size(0);
        for (int from = 0; from < e.length; from += length) {
            otherPredictions += indexOfLargest(e, from, length) == indexOfLargest(a, from, length) ? 0 : 1;
        }
    }

    private static int indexOfLargest(double[] values, int from, int length) {
        int best = from;
        for (int i = from + 1; i < from + length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    /** The largest difference; NaN if there was one in either. */
    public double absolute() {
        return absolute;
    }

    /** The largest difference by the largest expected value; 0 where all are equal. */
    public double relative() {
        return absolute == 0 ? 0 : absolute / largest;
    }

    /** The number of examples whose largest value is at another place. */
    public long otherPredictions() {
        return otherPredictions;
    }
}
