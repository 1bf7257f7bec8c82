package io.github.dl4jcondconv.kernels;

import java.util.Arrays;

/**
 * The positions of an example that want interpolation, and what to add there: for gap g, the sum over its neighbours k =
 * starts[g] ... starts[g + 1] - 1 of factors[k] times the feature at neighbours[k]. All channels share it.
 */
record Gaps(int[] positions, int[] starts, int[] neighbours, float[] factors) {
    static Gaps of(Planes mask, int example, float[] weights, double eps, double negligible) {
        Collector gaps = new Collector(mask, example, weights, eps, negligible);
        for (int position = 0; weights.length > 0 && position < mask.plane(); position++) {
            gaps.add(position);
        }
        return gaps.collected();
    }

    void fill(float[] x, float[] y, int plane) {
        for (int g = 0; g < positions.length; g++) {
            float sum = 0;
            for (int k = starts[g]; k < starts[g + 1]; k++) {
                sum += factors[k] * x[plane + neighbours[k]];
            }
            y[plane + positions[g]] += sum;
        }
    }

    /** Finds the neighbours of one gap after another. */
    private static final class Collector {
        private final Planes mask;
        private final int first;
        private final float[] weights;
        private final int side;
        private final double eps;
        private final double negligible;
        private final int[] positions;
        private final int[] starts;
        private int[] neighbours = new int[1024];
        private float[] factors = new float[1024];
        private int gaps;
        private int count;

        Collector(Planes mask, int example, float[] weights, double eps, double negligible) {
            this.mask = mask;
            this.first = example * mask.plane();
            this.weights = weights;
            this.side = (int) Math.sqrt(weights.length);
            this.eps = eps;
            this.negligible = negligible;
            this.positions = new int[mask.plane()];
            this.starts = new int[mask.plane() + 1];
        }

        Gaps collected() {
            return new Gaps(Arrays.copyOf(positions, gaps), Arrays.copyOf(starts, gaps + 1), neighbours, factors);
        }

        void add(int position) {
            float share = 1 - mask.values()[first + position];
            if (share == 0) {
                return;
            }
            int from = count;
            double total = eps + collect(position);
            keepFrom(from, negligible * total, share / total);
            positions[gaps++] = position;
            starts[gaps] = count;
        }

        /** Adds every sampled neighbour with its weight and returns the sum of the weights. */
        private double collect(int position) {
            reserve(weights.length);
            int row = position / mask.width() - side / 2;
            int column = position % mask.width() - side / 2;
            double sum = 0;
            for (int r = Math.max(0, -row); r < side && row + r < mask.height(); r++) {
                for (int c = Math.max(0, -column); c < side && column + c < mask.width(); c++) {
                    int neighbour = (row + r) * mask.width() + column + c;
                    float weight = weights[r * side + c] * mask.values()[first + neighbour];
                    if (weight > 0) {
                        neighbours[count] = neighbour;
                        factors[count++] = weight;
                        sum += weight;
                    }
                }
            }
            return sum;
        }

        /** Keeps the neighbours from index {@code from} on that weigh enough, their weights scaled. */
        private void keepFrom(int from, double least, double scale) {
            int kept = from;
            for (int k = from; k < count; k++) {
                if (factors[k] >= least) {
                    neighbours[kept] = neighbours[k];
                    factors[kept++] = (float) (factors[k] * scale);
                }
            }
            count = kept;
        }

        private void reserve(int more) {
            if (count + more > factors.length) {
                int length = Math.max(count + more, 2 * factors.length);
                neighbours = Arrays.copyOf(neighbours, length);
                factors = Arrays.copyOf(factors, length);
            }
        }
    }
}
