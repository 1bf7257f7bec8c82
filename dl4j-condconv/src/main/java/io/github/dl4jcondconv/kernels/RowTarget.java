package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;
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
                ? new Planes(planes.images(), part, features, matrix)
                : new Interleaved(images, part, features, matrix);
    }

    /** Images whose channels are planes: written plane by plane to the thread's memory, which then is copied as a whole. */
    final class Planes implements RowTarget {
        private final Memory images;
        private final Part part;
        private final long[] dims;
        private final Memory results;
        private final TransposedProduct product;

        Planes(Memory images, Part part, Rows features, Rows matrix) {
            this.images = images;
            this.part = part;
            dims = images.layout().dims();
            Layout layout = Layout.dense(part.examples(), dims[1], part.rows(), dims[3]);
            results = new Memory(
                    layout, Rows.of(Rows.Use.OUTPUT, layout.elements()).array());
            product = new TransposedProduct(features.memory(), matrix.memory(), results);
        }

        @Override
        public void write(Span pixels, int samples, Place features, Place matrix) {
            long plane = part.rows() * dims[3];
            long first = (pixels.example - part.example()) * dims[1] * plane
                    + (pixels.row - part.row()) * dims[3]
                    + pixels.column;
            product.run((int) dims[1], pixels.width, samples, features, matrix, new Place(first, plane));
        }

        @Override
        public void finish() {
            long plane = dims[2] * dims[3];
            Layout layout = Layout.strided(results.layout().dims(), new long[] {dims[1] * plane, plane, dims[3], 1});
            long first = part.example() * dims[1] * plane + part.row() * dims[3];
            Reorder.copy(results, new Memory(layout, images.array(), images.first() + first));
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
