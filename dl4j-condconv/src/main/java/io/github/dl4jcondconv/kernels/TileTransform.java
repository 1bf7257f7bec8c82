package io.github.dl4jcondconv.kernels;

import java.util.stream.IntStream;

/**
 * The product M D M^T for many small matrices D at a time. Each number of D, row by row, is a vector with a component for
 * each of them: an array of its own, since the JVM uses vector instructions only for loops that begin at index 0. M has at
 * most five numbers in a row that are not 0.
 */
final class TileTransform {
    private final float[][] matrix;
    /** Of each row, the columns whose numbers are not 0. */
    private final int[][] columns;

    TileTransform(float[][] matrix) {
        this.matrix = matrix;
        columns = new int[matrix.length][];
        for (int i = 0; i < matrix.length; i++) {
            float[] row = matrix[i];
            columns[i] = IntStream.range(0, row.length).filter(j -> row[j] != 0).toArray();
        }
    }

    /** That of M^T. */
    TileTransform transposed() {
        float[][] result = new float[matrix[0].length][matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < result.length; j++) {
                result[j][i] = matrix[i][j];
            }
        }
        return new TileTransform(result);
    }

    /**
     * Computes the products for {@code length} matrices.
     *
     * @param between to be overwritten, as many vectors as the larger one of the others has
     * @param to to be overwritten
     */
    void apply(float[][] from, float[][] between, float[][] to, int length) {
        int given = matrix[0].length;
        for (int j = 0; j < given; j++) {
            for (int i = 0; i < matrix.length; i++) {
                combine(i, from, j, given, between[i * given + j], length);
            }
        }
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix.length; j++) {
                combine(j, between, i * given, 1, to[i * matrix.length + j], length);
            }
        }
    }

    /** A row of M times vectors: a loop of its own for each number of terms, as each pass over them takes time. */
    private void combine(int row, float[][] from, int first, int step, float[] to, int length) {
        float[] m = new float[5];
        float[][] v = new float[5][];
        int[] c = columns[row];
        for (int i = 0; i < c.length; i++) {
            m[i] = matrix[row][c[i]];
            v[i] = from[first + c[i] * step];
        }
        switch (c.length) {
            case 1 -> sum(v[0], m[0], to, length);
            case 2 -> sum(v[0], m[0], v[1], m[1], to, length);
            case 3 -> sum(v[0], m[0], v[1], m[1], v[2], m[2], to, length);
            case 4 -> sum(v[0], m[0], v[1], m[1], v[2], m[2], v[3], m[3], to, length);
            default -> sum(v[0], m[0], v[1], m[1], v[2], m[2], v[3], m[3], v[4], m[4], to, length);
        }
    }

    private static void sum(float[] p, float a, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = a * p[i];
        }
    }

    private static void sum(float[] p, float a, float[] q, float b, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = a * p[i] + b * q[i];
        }
    }

    private static void sum(float[] p, float a, float[] q, float b, float[] r, float c, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = a * p[i] + b * q[i] + c * r[i];
        }
    }

    private static void sum(
            float[] p, float a, float[] q, float b, float[] r, float c, float[] s, float d, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = a * p[i] + b * q[i] + c * r[i] + d * s[i];
        }
    }

    private static void sum(
            float[] p,
            float a,
            float[] q,
            float b,
            float[] r,
            float c,
            float[] s,
            float d,
            float[] t,
            float e,
            float[] to,
            int length) {
        for (int i = 0; i < length; i++) {
            to[i] = a * p[i] + b * q[i] + c * r[i] + d * s[i] + e * t[i];
        }
    }
}
