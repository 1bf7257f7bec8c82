package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PixelRows;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** FLOAT images (N, C, H, W), anywhere in memory, whose pixels are read and written as rows of C numbers. */
public interface Pixels {
    /** (N, C, H, W). */
    long[] shape();

    /** Copies pixels to rows. */
    void read(Part part, Rows rows, Place place);

    /** Copies rows to pixels. */
    void write(Part part, Rows rows, Place place);

    /**
     * Where rows have the pixels of a part: pixel (n, y, x) at element first + n * perExample + y * perLine + x * C.
     */
    record Place(long first, long perExample, long perLine) {
        /** Pixels without gaps. */
        static Place dense(Part part, long[] shape) {
            long line = shape[1] * shape[3];
            return new Place(0, part.rows() * line, line);
        }
    }

    /** Images in any layout, copied by oneDNN. */
    static Pixels of(Memory images) {
        return new OfMemory(images);
    }

    /** Images [N, C, H, W] of any strides, copied by ND4J. */
    static Pixels of(INDArray images) {
        return new OfArray(images);
    }

    /** See {@link #of(Memory)}. */
    record OfMemory(Memory images) implements Pixels {
        /** Whether every channel is a plane of its own, one after another. */
        boolean areDense() {
            return images.layout().equals(Layout.dense(shape()));
        }

        @Override
        public long[] shape() {
            return images.layout().dims();
        }

        @Override
        public void read(Part part, Rows rows, Place place) {
            PixelRows copy = copy(part, place);
            Kernel kernel = copy.toRows();
            Memory pixels = pixels(copy, part, kernel.layout(Argument.SRC));
            kernel.run(Map.of(Argument.SRC, pixels, Argument.DST, seen(rows, place, kernel.layout(Argument.DST))));
        }

        @Override
        public void write(Part part, Rows rows, Place place) {
            PixelRows copy = copy(part, place);
            Kernel kernel = copy.toImages();
            Memory pixels = pixels(copy, part, kernel.layout(Argument.DST));
            kernel.run(Map.of(Argument.SRC, seen(rows, place, kernel.layout(Argument.SRC)), Argument.DST, pixels));
        }

        private PixelRows copy(Part part, Place place) {
            return new PixelRows(images.layout(), part.examples(), part.rows(), place.perExample, place.perLine);
        }

        private Memory pixels(PixelRows copy, Part part, Layout layout) {
            return new Memory(layout, images.array(), images.first() + copy.first(part.example(), part.row()));
        }

        private static Memory seen(Rows rows, Place place, Layout layout) {
            return new Memory(layout, rows.array(), place.first);
        }
    }

    /** See {@link #of(INDArray)}. */
    record OfArray(INDArray images) implements Pixels {
        @Override
        public long[] shape() {
            return images.shape();
        }

        @Override
        public void read(Part part, Rows rows, Place place) {
            seen(part, rows, place).assign(part(part));
        }

        @Override
        public void write(Part part, Rows rows, Place place) {
            part(part).assign(seen(part, rows, place));
        }

        /** By hand: INDArray.get gives an array without memory for some intervals of a view. */
        private INDArray part(Part part) {
            long[] stride = images.stride();
            long first = part.example() * stride[0] + part.row() * stride[2];
            return Nd4j.create(
                    images.data(),
                    new long[] {part.examples(), images.size(1), part.rows(), images.size(3)},
                    stride.clone(),
                    images.offset() + first,
                    'c');
        }

        private INDArray seen(Part part, Rows rows, Place place) {
            long[] s = shape();
            return Nd4j.create(
                    rows.array().data(),
                    new long[] {part.examples(), s[1], part.rows(), s[3]},
                    new long[] {place.perExample, 1, place.perLine, s[1]},
                    rows.array().offset() + place.first,
                    'c');
        }
    }
}
