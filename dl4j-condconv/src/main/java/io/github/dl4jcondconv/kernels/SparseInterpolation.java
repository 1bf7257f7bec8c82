package io.github.dl4jcondconv.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Interpolation computed only where something is missing, from sampled neighbours only:
 *
 * <pre>
 * y(i) = m(i) x(i) + (1 - m(i)) * sum_j(w(i-j) m(j) x(j)) / (sum_j(w(i-j) m(j)) + eps)
 * </pre>
 *
 * Neighbours that together weigh less than the rounding of a FLOAT are left out.
 *
 * @param weights w, row by row of a square window of odd side; empty for y = m x
 * @param eps see above
 */
public record SparseInterpolation(float[] weights, double eps) {
    /** A share of the weights that the rounding of a FLOAT, 2^-24, hides. */
    private static final double NEGLIGIBLE = 0x1p-25;

    /**
     * @param features [N, C, H, W], FLOAT
     * @param mask [N, 1, H, W] of 0 to 1
     * @return [N, C, H, W]
     */
    public INDArray apply(INDArray features, INDArray mask) {
        Planes x = Planes.of(features);
        Planes m = Planes.of(mask);
        Planes y = Planes.zeros(x.examples(), x.channels(), x.height(), x.width());
        for (int example = 0; example < x.examples(); example++) {
            Gaps gaps = Gaps.of(m, example, weights, eps, NEGLIGIBLE / weights.length);
            for (int c = 0; c < x.channels(); c++) {
                int plane = (example * x.channels() + c) * x.plane();
                keep(x.values(), m.values(), example * m.plane(), y.values(), plane, x.plane());
                gaps.fill(x.values(), y.values(), plane);
            }
        }
        return y.toArray();
    }

    private static void keep(float[] x, float[] m, int mask, float[] y, int plane, int size) {
        for (int i = 0; i < size; i++) {
            y[plane + i] = m[mask + i] * x[plane + i];
        }
    }
}
