package io.github.dl4jcondconv.onednn;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** FLOAT arrays as Java has them. */
public final class Floats {
    private Floats() {}

    /** The elements in C order; a FLOAT array of any strides. */
    public static float[] values(INDArray array) {
        INDArray dense = checked(array);
        float[] values = new float[Math.toIntExact(dense.length())];
        memory(dense).get(values);
        Reference.reachabilityFence(dense);
        return values;
    }

    /**
     * Writes all elements, in C order.
     *
     * @throws IllegalArgumentException if the array has another length, or gaps
     */
    public static void write(float[] values, INDArray array) {
        INDArray dense = checked(array);
        if (dense != array || dense.length() != values.length) {
            throw new IllegalArgumentException(
                    values.length + " numbers do not fit into an array of " + array.length() + ", or it has gaps");
        }
        memory(dense).put(values);
        Reference.reachabilityFence(dense);
    }

    /**
     * Reads some elements into the beginning of an array of Java's.
     *
     * @param array FLOAT, in C order without gaps
     * @param first the number of the first one
     * @throws IllegalArgumentException if not all of them are there
     */
    public static void read(INDArray array, long first, float[] values, int count) {
        memory(checked(array, first, count)).position(first).get(values, 0, count);
        Reference.reachabilityFence(array);
    }

    /**
     * Writes the beginning of an array of Java's to some elements.
     *
     * @param array FLOAT, in C order without gaps
     * @param first the number of the first one
     * @throws IllegalArgumentException if not all of them are there
     */
    public static void write(float[] values, int count, INDArray array, long first) {
        memory(checked(array, first, count)).position(first).put(values, 0, count);
        Reference.reachabilityFence(array);
    }

    /**
     * Copies all elements.
     *
     * @param to of the same shape, in C order without gaps
     * @throws IllegalArgumentException if shapes differ, or an array is not FLOAT or has gaps
     */
    public static void copy(INDArray from, INDArray to) {
        INDArray dense = checked(from);
        if (checked(to) != to || !from.equalShapes(to)) {
            throw new IllegalArgumentException("an array of " + Arrays.toString(from.shape())
                    + " cannot be copied to one of " + Arrays.toString(to.shape()) + ", or that has gaps");
        }
        Pointer.memcpy(to.data().addressPointer(), dense.data().addressPointer(), dense.length() * Float.BYTES);
        Reference.reachabilityFence(dense);
        Reference.reachabilityFence(to);
    }

    private static INDArray checked(INDArray array, long first, int count) {
        INDArray dense = checked(array);
        if (dense != array || first < 0 || first + count > array.length()) {
            throw new IllegalArgumentException("elements " + first + " to " + (first + count)
                    + " are not in an array of " + array.length() + ", or it has gaps");
        }
        return array;
    }

    private static INDArray checked(INDArray array) {
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("an array is " + array.dataType() + "; allowed is FLOAT");
        }
        return Images.dense(array);
    }

    private static FloatPointer memory(INDArray dense) {
        return new FloatPointer(dense.data().addressPointer());
    }
}
