package io.github.dl4jcondconv.kernels;

import java.util.Arrays;

/**
 * The weights of an interpolation's window, as far from its middle as they can matter to a FLOAT, and what they make of
 * sampled positions in some columns of an image:
 *
 * <pre>
 * y(i) = m(i) x(i) + (1 - m(i)) * sum_j(w(i-j) m(j) x(j)) / (sum_j(w(i-j) m(j)) + eps)
 * </pre>
 */
final class WindowWeights {
    /** The share of the weights that may be left out. */
    private static final double NEGLIGIBLE = 0x1p-23;

    private final double eps;
    private final int reach;
    private final int side;
    /** What a sampled position gives to the positions around it, from left to right, by the row it is seen in. */
    private final float[][] weights;

    /**
     * @param weights w, row by row of a square window of odd side; empty for y = m x
     * @param eps see above
     */
    WindowWeights(float[] weights, double eps) {
        boolean none = weights.length == 0;
        float[] all = none ? new float[1] : weights;
        this.eps = none ? 1 : eps; // anything but 0
        int wide = (int) Math.sqrt(all.length);
        reach = reach(all, wide, NEGLIGIBLE * this.eps);
        side = 2 * reach + 1;
        this.weights = new float[side][side];
        int margin = wide / 2 - reach;
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                // The window moves over the samples: a sample left of a position is seen in the window's left
                this.weights[row][column] = all[(margin + row) * wide + wide - 1 - margin - column];
            }
        }
    }

    /** The least distance in rows or columns beyond which all weights together are negligible. */
    private static int reach(float[] weights, int side, double negligible) {
        int middle = side / 2;
        double beyond = 0;
        for (int distance = middle; distance > 0; distance--) {
            for (int i = 0; i < weights.length; i++) {
                int away = Math.max(Math.abs(i / side - middle), Math.abs(i % side - middle));
                beyond += away == distance ? weights[i] : 0;
            }
            if (!(beyond <= negligible)) {
                return distance;
            }
        }
        return 0;
    }

    /** How far from a position others matter to it, in rows or columns. */
    int reach() {
        return reach;
    }

    /** Columns of a matrix left of those of the positions, and as many right of them. */
    int margin() {
        return 2 * reach;
    }

    /** The most samples that matter to a row of so many positions. */
    int mostSamples(int width) {
        return side * (width + 2 * reach);
    }

    /**
     * Makes the matrix that takes the features of samples to a row of positions: y(x) = sum_k matrix[k][margin + x] x_k.
     *
     * @param row of the positions in the strip, from 0 on
     * @param line numbers from one row of the matrix to the next: the strip's columns and two margins
     * @param scales working memory of a line
     * @return how many samples there are; if none, the matrix has one row of zeros
     */
    int fill(float[] matrix, int line, ImageStrip strip, int row, float[] scales) {
        int from = strip.start(row);
        int samples = strip.start(row + side) - from;
        Arrays.fill(matrix, 0, Math.max(1, samples) * line, 0);
        scale(scales, strip, row);
        for (int seen = 0; seen < side; seen++) {
            float[] given = weights[seen];
            int end = strip.start(row + seen + 1);
            for (int k = strip.start(row + seen); k < end; k++) {
                int first = strip.column(k) + reach;
                int target = (k - from) * line + first;
                float share = strip.share(k);
                spread(given, share, scales, first, matrix, target);
            }
        }
        for (int k = strip.start(row + reach); k < strip.start(row + reach + 1); k++) {
            matrix[(k - from) * line + strip.column(k) + 2 * reach] += strip.share(k);
        }
        return samples;
    }

    /** (1 - m) / (w * m + eps), with the matrix's margins. */
    private void scale(float[] scales, ImageStrip strip, int row) {
        Arrays.fill(scales, (float) eps);
        for (int seen = 0; seen < side; seen++) {
            float[] given = weights[seen];
            int end = strip.start(row + seen + 1);
            for (int k = strip.start(row + seen); k < end; k++) {
                int first = strip.column(k) + reach;
                float share = strip.share(k);
                add(given, share, scales, first);
            }
        }
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 1 / scales[i];
        }
        for (int k = strip.start(row + reach); k < strip.start(row + reach + 1); k++) {
            scales[strip.column(k) + margin()] *= 1 - strip.share(k);
        }
    }

    /**
     * target[at + i] = given[i] * share * scales[first + i]. The usual windows without a loop: what compilers put around
     * one takes longer than so few steps.
     */
    private static void spread(float[] given, float share, float[] scales, int first, float[] target, int at) {
        int i = given.length - 1;
        for (; i > 6; i--) {
            target[at + i] = given[i] * share * scales[first + i];
        }
        if (i > 4) {
            target[at + 6] = given[6] * share * scales[first + 6];
            target[at + 5] = given[5] * share * scales[first + 5];
        }
        if (i > 2) {
            target[at + 4] = given[4] * share * scales[first + 4];
            target[at + 3] = given[3] * share * scales[first + 3];
        }
        if (i > 0) {
            target[at + 2] = given[2] * share * scales[first + 2];
            target[at + 1] = given[1] * share * scales[first + 1];
        }
        target[at] = given[0] * share * scales[first];
    }

    /** sums[at + i] += given[i] * share, in the same way. */
    private static void add(float[] given, float share, float[] sums, int at) {
        int i = given.length - 1;
        for (; i > 6; i--) {
            sums[at + i] += given[i] * share;
        }
        if (i > 4) {
            sums[at + 6] += given[6] * share;
            sums[at + 5] += given[5] * share;
        }
        if (i > 2) {
            sums[at + 4] += given[4] * share;
            sums[at + 3] += given[3] * share;
        }
        if (i > 0) {
            sums[at + 2] += given[2] * share;
            sums[at + 1] += given[1] * share;
        }
        sums[at] += given[0] * share;
    }
}
