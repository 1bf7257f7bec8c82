package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Features of the sampled positions of a batch, and of no others.
 *
 * @param sampled the positions
 * @param features a FLOAT matrix in C order with a row of C numbers for each of them, in their order; where nothing is
 *     sampled it has a row of any content
 */
public record SampledRows(SampledPositions sampled, INDArray features) {
    /** Numbers of a part's image. Measured on cores with 1 MiB of cache each. */
    private static final int IMAGE = 1 << 17;

    /** @throws IllegalArgumentException if the matrix has another number of rows */
    public SampledRows {
        long[] expected = shape(sampled, features.size(1));
        if (!Arrays.equals(expected, features.shape())) {
            throw new IllegalArgumentException("features of sampled positions have the shape "
                    + Arrays.toString(features.shape()) + ", expected " + Arrays.toString(expected));
        }
    }

    /** The shape of the features' matrix. */
    public static long[] shape(SampledPositions sampled, long channels) {
        return new long[] {Math.max(1, sampled.count()), channels};
    }

    int channels() {
        return (int) features.size(1);
    }

    /** All numbers as Java sees them. */
    FloatBuffer numbers() {
        return Rows.buffer(features);
    }

    /** Takes the features from images (N, C, H, W) that have them at all positions. */
    public SampledRows from(Pixels images) {
        long line = channels() * (long) sampled.width();
        List<Part> parts = Part.cut(sampled.examples(), sampled.height(), line, IMAGE, OneDnn.threads());
        FloatBuffer target = numbers();
        Workers.run(parts.size(), i -> {
            Part part = parts.get(i);
            Rows pixels = Rows.of(Rows.Use.IMAGE, part.examples() * part.rows() * line);
            images.read(part, pixels, Pixels.Place.dense(part, images.shape()));
            take(part, pixels.numbers(), target);
        });
        return this;
    }

    private void take(Part part, FloatBuffer pixels, FloatBuffer target) {
        int channels = channels();
        int row = 0;
        for (int n = part.example(); n < part.example() + part.examples(); n++) {
            for (int y = part.row(); y < part.row() + part.rows(); y++, row++) {
                for (int k = sampled.start(n, y); k < sampled.start(n, y + 1); k++) {
                    int pixel = row * sampled.width() + sampled.columns()[k];
                    target.put(k * channels, pixels, pixel * channels, channels);
                }
            }
        }
    }
}
