package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.TransposedProduct;
import io.github.dl4jcondconv.onednn.TransposedProduct.Place;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Part of some images (N, C, H, W), written row by row as products of samples' features and matrices. */
interface RowTarget {
    /** Pixels of a row of an image. */
    record Span(int example, int row, int column, int width) {}

    /**
     * Writes y(x) = sum_k matrix[k][x] features[k] for each of some pixels x.
     *
     * @param samples how many there are
     * @param features where those of the first one are
     * @param matrix where it is
     */
    void write(Span pixels, int samples, Place features, Place matrix);

    /** Called once, after all rows of the part. */
    void finish();

    /**
     * @param features rows of C numbers
     * @param matrix holds the matrices
     */
    static RowTarget of(Pixels images, Part part, Rows features, Rows matrix) {
        return images instanceof Pixels.OfMemory planes && planes.areDense()
                ? new Planes(planes.images(), features, matrix)
                : new Interleaved(images, part, features, matrix);
    }

    /** Images whose channels are planes: written directly, some pixels of each plane at a time. */
    final class Planes implements RowTarget {
        private final long[] shape;
        private final TransposedProduct product;

        Planes(Memory images, Rows features, Rows matrix) {
            shape = images.layout().dims();
            product = new TransposedProduct(features.memory(), matrix.memory(), images);
        }

        @Override
        public void write(Span pixels, int samples, Place features, Place matrix) {
            long plane = shape[2] * shape[3];
            long first = pixels.example * shape[1] * plane + pixels.row * shape[3] + pixels.column;
            product.run((int) shape[1], pixels.width, samples, features, matrix, new Place(first, plane));
        }

        @Override
        public void finish() {
            // All is written
        }
    }

    /** All others: written pixel by pixel. */
    final class Interleaved implements RowTarget {
        private final Pixels images;
        private final Part part;
        private final Pixels.Place place;
        private final int channels;
        private final Rows results;
        private final Product product;

        /** c = a^T b. */
        private interface Product {
            void run(int m, int n, int k, Place a, Place b, Place c);
        }

        Interleaved(Pixels images, Part part, Rows features, Rows matrix) {
            this.images = images;
            this.part = part;
            place = Pixels.Place.dense(part, images.shape());
            channels = (int) images.shape()[1];
            results = Rows.of(Rows.Use.OUTPUT, part.examples() * place.perExample());
            product = OneDnn.isAvailable()
                    ? new TransposedProduct(matrix.memory(), features.memory(), results.memory())::run
                    : (m, n, k, a, b, c) -> Nd4j.gemm(
                            matrix(matrix, k, m, a),
                            matrix(features, k, n, b),
                            matrix(results, m, n, c),
                            true,
                            false,
                            1,
                            0);
        }

        private static INDArray matrix(Rows rows, int height, int width, Place place) {
            INDArray all = rows.array();
            long[] strides = {place.line(), 1};
            return Nd4j.create(all.data(), new long[] {height, width}, strides, all.offset() + place.first(), 'c');
        }

        @Override
        public void write(Span pixels, int samples, Place features, Place matrix) {
            long first = (pixels.example - part.example()) * place.perExample()
                    + (pixels.row - part.row()) * place.perLine()
                    + (long) pixels.column * channels;
            product.run(pixels.width, channels, samples, matrix, features, new Place(first, channels));
        }

        @Override
        public void finish() {
            images.write(part, results, place);
        }
    }
}
