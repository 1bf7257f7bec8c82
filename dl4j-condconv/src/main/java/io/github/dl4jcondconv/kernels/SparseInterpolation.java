package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Interpolation computed only where something is missing, from sampled neighbours only:
 *
 * <pre>
 * y(i) = m(i) x(i) + (1 - m(i)) * sum_j(w(i-j) m(j) x(j)) / (sum_j(w(i-j) m(j)) + eps)
 * </pre>
 *
 * Neighbours that together weigh less than the rounding of a FLOAT are left out. Features with m = 0 are not looked at.
 *
 * @param weights w, row by row of a square window of odd side; empty for y = m x
 * @param eps see above
 */
public record SparseInterpolation(float[] weights, double eps) {
    /** Numbers of a part's image. Measured on cores with 1 MiB of cache each. */
    private static final int IMAGE = 1 << 17;

    private static final ThreadLocal<FeatureRows> FEATURES = ThreadLocal.withInitial(FeatureRows::new);

    /**
     * @param features (N, C, H, W)
     * @param sampled positions of the features
     * @param output (N, C, H, W)
     */
    public void apply(Pixels features, SampledPositions sampled, Pixels output) {
        Gaps gaps = new Gaps(weights, eps);
        long[] shape = features.shape();
        List<Part> parts = Part.cut(sampled.examples(), sampled.height(), shape[1] * shape[3], IMAGE, OneDnn.threads());
        Workers.run(parts.size(), i -> new Worker(gaps, parts.get(i), sampled, shape).run(features, output));
    }

    /** The features of sampled positions on Java's heap, where loops over them become vector instructions. */
    private static final class FeatureRows {
        private float[][] rows = new float[0][];
        private float[] sum = new float[0];
        private float[] none = new float[0];

        FeatureRows ofLength(int channels) {
            if (sum.length != channels) {
                rows = new float[0][];
                sum = new float[channels];
                none = new float[channels];
            }
            return this;
        }

        void reserve(int count) {
            int before = rows.length;
            if (count > before) {
                rows = Arrays.copyOf(rows, count);
                for (int i = before; i < count; i++) {
                    rows[i] = new float[sum.length];
                }
            }
        }
    }

    /** Computes a part. */
    private static final class Worker {
        private final Gaps gaps;
        private final Part part;
        private final SampledPositions sampled;
        private final int channels;
        /** The part with the rows around it that it reads. */
        private final Part seen;

        private final int margin;
        private final int line;
        /** The mask of the example in work and the row in {@link FeatureRows} of each position, with a margin. */
        private final float[] shares;

        private final int[] places;
        private final int[] neighbours;
        private final float[] factors;
        private final FeatureRows memory;

        Worker(Gaps gaps, Part part, SampledPositions sampled, long[] shape) {
            this.gaps = gaps;
            this.part = part;
            this.sampled = sampled;
            channels = (int) shape[1];
            margin = gaps.reach();
            int from = Math.max(0, part.row() - margin);
            int to = Math.min(sampled.height(), part.row() + part.rows() + margin);
            seen = new Part(part.example(), part.examples(), from, to - from);
            line = sampled.width() + 2 * margin;
            shares = new float[(part.rows() + 2 * margin) * line];
            places = new int[shares.length];
            // Groups of four are filled up, and the gap itself may have a share
            neighbours = new int[gaps.most() + 4];
            factors = new float[gaps.most() + 4];
            memory = FEATURES.get().ofLength(channels);
        }

        void run(Pixels features, Pixels output) {
            Pixels.Place dense = Pixels.Place.dense(seen, features.shape());
            Rows input = Rows.of(Rows.Use.IMAGE, seen.examples() * dense.perExample());
            features.read(seen, input, dense);
            Rows results = Rows.of(Rows.Use.OUTPUT, (long) part.examples() * part.rows() * sampled.width() * channels);
            for (int n = 0; n < part.examples(); n++) {
                gather(n, input.numbers());
                for (int y = 0; y < part.rows(); y++) {
                    fill(n, y, results.numbers());
                }
            }
            output.write(part, results, Pixels.Place.dense(part, output.shape()));
        }

        /** Takes the sampled features of an example to the heap. */
        private void gather(int n, FloatBuffer input) {
            int example = part.example() + n;
            int first = sampled.start(example, seen.row());
            memory.reserve(sampled.start(example, seen.row() + seen.rows()) - first);
            Arrays.fill(shares, 0);
            for (int y = 0; y < seen.rows(); y++) {
                int row = seen.row() + y;
                int place = (row - part.row() + margin) * line + margin;
                int end = sampled.start(example, row + 1);
                for (int k = sampled.start(example, row); k < end; k++) {
                    int x = sampled.columns()[k];
                    shares[place + x] = sampled.share(example, row, x);
                    places[place + x] = k - first;
                    int pixel = (n * seen.rows() + y) * sampled.width() + x;
                    input.get(pixel * channels, memory.rows[k - first], 0, channels);
                }
            }
        }

        private void fill(int n, int y, FloatBuffer results) {
            int start = (y + margin) * line + margin;
            int pixel = (n * part.rows() + y) * sampled.width();
            for (int x = 0; x < sampled.width(); x++) {
                int place = start + x;
                float[] row = shares[place] == 1 ? memory.rows[places[place]] : interpolated(place);
                results.put((pixel + x) * channels, row, 0, channels);
            }
        }

        private float[] interpolated(int place) {
            int count = gaps.find(shares, line, place, neighbours, factors);
            if (shares[place] > 0) {
                neighbours[count] = place;
                factors[count++] = shares[place];
            }
            float[] sum = memory.sum;
            Arrays.fill(sum, 0);
            int whole = count / 4 * 4;
            for (int i = 0; i < whole; i += 4) {
                add(sum, row(i), row(i + 1), row(i + 2), row(i + 3), i);
            }
            if (whole < count) {
                Arrays.fill(factors, count, whole + 4, 0);
                add(
                        sum,
                        row(whole),
                        whole + 1 < count ? row(whole + 1) : memory.none,
                        whole + 2 < count ? row(whole + 2) : memory.none,
                        memory.none,
                        whole);
            }
            return sum;
        }

        private float[] row(int neighbour) {
            return memory.rows[places[neighbours[neighbour]]];
        }

        private void add(float[] sum, float[] a, float[] b, float[] c, float[] d, int i) {
            axpy(sum, a, factors[i], b, factors[i + 1], c, factors[i + 2], d, factors[i + 3]);
        }

        /** One loop over arrays of their own from their first elements on: a form that the compiler vectorises. */
        private static void axpy(
                float[] sum, float[] a, float fa, float[] b, float fb, float[] c, float fc, float[] d, float fd) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += fa * a[i] + fb * b[i] + fc * c[i] + fd * d[i];
            }
        }
    }
}
