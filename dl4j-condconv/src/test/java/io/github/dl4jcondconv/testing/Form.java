package io.github.dl4jcondconv.testing;

import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Ways in which the same numbers may lie in memory. */
public enum Form {
    /** One after another. */
    DENSE((type, shape) -> Nd4j.create(type, shape, 'c')),
    /** The first axis runs fastest. */
    FORTRAN((type, shape) -> Nd4j.create(type, shape, 'f')),
    /** The inside of a larger array. */
    INSIDE(Form::inside),
    /** Every other number of a larger array. */
    GAPS(Form::gaps),
    /** The second axis runs fastest, as do the channels of NHWC images that are seen as NCHW. */
    PERMUTED(Form::permuted);

    private final BiFunction<DataType, long[], INDArray> room;

    Form(BiFunction<DataType, long[], INDArray> room) {
        this.room = room;
    }

    /** A copy of this form. */
    public INDArray of(INDArray values) {
        return room.apply(values.dataType(), values.shape()).assign(values);
    }

    private static INDArray inside(DataType type, long[] shape) {
        INDArrayIndex[] inside = LongStream.of(shape)
                .mapToObj(size -> NDArrayIndex.interval(1, 1 + size))
                .toArray(INDArrayIndex[]::new);
        return Nd4j.create(type, LongStream.of(shape).map(size -> size + 2).toArray())
                .get(inside);
    }

    private static INDArray gaps(DataType type, long[] shape) {
        int last = shape.length - 1;
        long[] larger = shape.clone();
        larger[last] *= 2;
        INDArrayIndex[] gaps = IntStream.range(0, shape.length)
                .mapToObj(axis -> NDArrayIndex.all())
                .toArray(INDArrayIndex[]::new);
        gaps[last] = NDArrayIndex.interval(0, 2, larger[last]);
        return Nd4j.create(type, larger).get(gaps);
    }

    private static INDArray permuted(DataType type, long[] shape) {
        int last = shape.length - 1;
        long[] inMemory = IntStream.rangeClosed(0, last)
                .mapToLong(axis -> shape[axis == 0 ? 0 : axis % last + 1])
                .toArray();
        int[] back = IntStream.rangeClosed(0, last)
                .map(axis -> axis == 0 ? 0 : axis == 1 ? last : axis - 1)
                .toArray();
        return Nd4j.create(type, inMemory).permute(back);
    }
}
