package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One number for each plane of images [N, channels, H, W], FLOAT, dense, by BLAS. Operations of ND4J would have OpenMP's
 * threads spin for some milliseconds afterwards, beside those of {@link ExpertProducts}.
 */
public final class PlaneValues {
    private PlaneValues() {}

    /**
     * Sums over the pixels, times a factor.
     *
     * @param sums [N, channels], dense, to be overwritten
     */
    public static void sum(INDArray images, float factor, INDArray sums) {
        Matrix factors = Matrix.of(factors(images, factor), pixels(images));
        eachExample(images, (planes, n) -> Blas.multiply(planes, factors, column(sums, n)));
    }

    /**
     * Adds a number, times a factor, to all pixels of each plane.
     *
     * @param values [N, channels]
     */
    public static void add(INDArray values, float factor, INDArray images) {
        INDArray dense = Images.dense(values);
        Matrix factors = Matrix.of(factors(images, factor), 1);
        eachExample(images, (planes, n) -> Blas.multiply(column(dense, n), factors, planes, true));
    }

    private static INDArray factors(INDArray images, float factor) {
        float[] numbers = new float[Math.toIntExact(pixels(images))];
        Arrays.fill(numbers, factor);
        return Nd4j.createFromArray(numbers);
    }

    private static long pixels(INDArray images) {
        return images.size(2) * images.size(3);
    }

    private static Matrix column(INDArray values, int example) {
        return Matrix.of(values, example * values.size(1), values.size(1), 1);
    }

    private interface Example {
        void accept(Matrix planes, int example);
    }

    private static void eachExample(INDArray images, Example action) {
        long channels = images.size(1);
        long pixels = pixels(images);
        Blas.share(
                Math.toIntExact(images.size(0)),
                n -> action.accept(Matrix.of(images, n * channels * pixels, channels, pixels), n));
    }
}
