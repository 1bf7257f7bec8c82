package io.github.dl4jcondconv.kernels;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Finds what fills a gap: sampled neighbours in a window around it and their factors. Heavier neighbours are looked for
 * first, and the search ends when what is left of the window cannot matter to a FLOAT.
 */
final class Gaps {
    /** The share of the weights that may be left out. */
    private static final double NEGLIGIBLE = 0x1p-23;

    private final double eps;
    private final int[] down;
    private final int[] right;
    private final float[] weights;
    /** Where runs of equal weights end. */
    private final int[] ends;
    /** The sum of the weights after each run. */
    private final double[] rest;

    /**
     * @param weights of a square window of odd side, row by row; empty if nothing fills gaps
     * @param eps added to the sum of weights
     */
    Gaps(float[] weights, double eps) {
        this.eps = eps;
        int side = (int) Math.sqrt(weights.length);
        int[] order = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -weights[i]))
                .mapToInt(i -> i)
                .toArray();
        order = Arrays.copyOf(order, relevant(weights, order));
        down = IntStream.of(order).map(i -> i / side - side / 2).toArray();
        right = IntStream.of(order).map(i -> i % side - side / 2).toArray();
        this.weights = new float[order.length];
        for (int i = 0; i < order.length; i++) {
            this.weights[i] = weights[order[i]];
        }
        ends = IntStream.rangeClosed(1, order.length)
                .filter(i -> i == this.weights.length || this.weights[i] != this.weights[i - 1])
                .toArray();
        rest = IntStream.of(ends).mapToDouble(this::sumFrom).toArray();
    }

    /** How many weights there are without the least ones that never matter: sums of weights are eps at least. */
    private int relevant(float[] weights, int[] order) {
        double sum = 0;
        int count = order.length;
        while (count > 0 && sum + weights[order[count - 1]] <= NEGLIGIBLE * eps) {
            sum += weights[order[--count]];
        }
        return count;
    }

    private double sumFrom(int first) {
        double sum = 0;
        for (int i = first; i < weights.length; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** The most neighbours of a gap. */
    int most() {
        return weights.length;
    }

    /** The distance of the farthest neighbours that may matter, in rows or columns. */
    int reach() {
        return IntStream.concat(IntStream.of(down), IntStream.of(right))
                .map(Math::abs)
                .max()
                .orElse(0);
    }

    /**
     * Finds the neighbours of a gap.
     *
     * @param shares of the mask, with a margin of at least {@link #reach} zeros around
     * @param line elements of a row of {@code shares}
     * @param gap index of the gap in {@code shares}
     * @param neighbours receives indices in {@code shares}
     * @param factors receives what to multiply the neighbours' features by
     * @return how many neighbours there are
     */
    int find(float[] shares, int line, int gap, int[] neighbours, float[] factors) {
        double sum = eps;
        int count = 0;
        int i = 0;
        for (int run = 0; run < ends.length; run++) {
            for (; i < ends[run]; i++) {
                // No branch: whether a position is sampled cannot be foreseen
                int neighbour = gap + down[i] * line + right[i];
                float share = shares[neighbour];
                neighbours[count] = neighbour;
                factors[count] = weights[i] * share;
                sum += weights[i] * share;
                count += share > 0 ? 1 : 0;
            }
            if (rest[run] <= NEGLIGIBLE * sum) {
                break;
            }
        }
        float scale = (float) ((1 - shares[gap]) / sum);
        for (int k = 0; k < count; k++) {
            factors[k] *= scale;
        }
        return count;
    }
}
