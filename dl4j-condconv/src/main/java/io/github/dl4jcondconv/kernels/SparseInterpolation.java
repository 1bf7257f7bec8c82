package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.TransposedProduct.Place;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Interpolation from the features of sampled positions alone:
 *
 * <pre>
 * y(i) = m(i) x(i) + (1 - m(i)) * sum_j(w(i-j) m(j) x(j)) / (sum_j(w(i-j) m(j)) + eps)
 * </pre>
 *
 * Some neighbouring pixels of a row are the product of one small matrix, which follows from the mask, with the features of
 * all samples around them. Most of the matrix is 0, and yet that takes less time than to look at each neighbour by itself.
 */
public final class SparseInterpolation {
    /** Numbers of a part's image. Measured on cores with 1 MiB of cache each. */
    private static final int IMAGE = 1 << 17;
    /** Pixels of a row that share a matrix, about: more of them see more samples, and fewer make small matrices. */
    private static final int SPAN = 28;

    private final WindowWeights weights;

    /**
     * @param weights w, row by row of a square window of odd side; empty for y = m x
     * @param eps see above
     */
    public SparseInterpolation(float[] weights, double eps) {
        this.weights = new WindowWeights(weights, eps);
    }

    /**
     * @param samples what is known
     * @param output (N, C, H, W) of the mask's size
     */
    public void apply(SampledRows samples, Pixels output) {
        SampledPositions sampled = samples.sampled();
        FloatBuffer numbers = samples.numbers();
        long line = (long) samples.channels() * sampled.width();
        List<Part> parts = Part.cut(sampled.examples(), sampled.height(), line, IMAGE, OneDnn.threads());
        Workers.run(parts.size(), i -> new Worker(samples, numbers, parts.get(i), output).run());
    }

    /** Computes a part. */
    private final class Worker {
        private final SampledRows samples;
        private final FloatBuffer numbers;
        private final Part part;
        private final int span;
        private final int margin = weights.margin();
        private final float[] entries;
        private final float[] scales;
        private final Rows features;
        private final Rows matrix;
        private final RowTarget target;

        Worker(SampledRows samples, FloatBuffer numbers, Part part, Pixels output) {
            this.samples = samples;
            this.numbers = numbers;
            this.part = part;
            int width = samples.sampled().width();
            int spans = Math.max(1, Math.round((float) width / SPAN));
            span = (width + spans - 1) / spans;
            entries = new float[weights.mostSamples(span) * (span + 2 * margin)];
            scales = new float[span + 2 * margin];
            int most = (part.rows() + margin) * (span + margin);
            features = Rows.of(Rows.Use.FEATURES, (most + 1L) * samples.channels());
            matrix = Rows.of(Rows.Use.MATRIX, entries.length);
            target = RowTarget.of(output, part, features, matrix);
        }

        void run() {
            int width = samples.sampled().width();
            for (int n = part.example(); n < part.example() + part.examples(); n++) {
                Part image = new Part(n, 1, part.row(), part.rows());
                for (int x = 0; x < width; x += span) {
                    fill(image, x, Math.min(span, width - x));
                }
            }
            target.finish();
        }

        private void fill(Part image, int left, int width) {
            ImageStrip strip = new ImageStrip(samples, numbers, image, left, width, weights.reach(), features);
            int channels = samples.channels();
            int line = width + 2 * margin;
            for (int y = 0; y < image.rows(); y++) {
                int count = weights.fill(entries, line, strip, y, scales);
                matrix.numbers().put(0, entries, 0, Math.max(1, count) * line);
                int first = count > 0 ? strip.start(y) : strip.end();
                target.write(
                        new RowTarget.Span(image.example(), image.row() + y, left, width),
                        Math.max(1, count),
                        new Place((long) first * channels, channels),
                        new Place(margin, line));
            }
        }
    }
}
