package io.github.dl4jcondconv.kernels;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The values of an array [N, C, H, W] on Java's heap, plane after plane.
 *
 * @param values N * C * H * W of them
 */
record Planes(float[] values, int examples, int channels, int height, int width) {
    /** A copy of a FLOAT array of any strides. */
    static Planes of(INDArray nchw) {
        return new Planes(floats(nchw), (int) nchw.size(0), (int) nchw.size(1), (int) nchw.size(2), (int) nchw.size(3));
    }

    static Planes zeros(int examples, int channels, int height, int width) {
        int size = Math.multiplyExact(Math.multiplyExact(examples, channels), Math.multiplyExact(height, width));
        return new Planes(new float[size], examples, channels, height, width);
    }

    /** Elements of one plane. */
    int plane() {
        return height * width;
    }

    INDArray toArray() {
        INDArray array = Nd4j.createUninitialized(DataType.FLOAT, examples, channels, height, width);
        write(values, array);
        return array;
    }

    /** The elements of a FLOAT array in c order. */
    static float[] floats(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        read(array.dup('c'), values);
        return values;
    }

    /** Copies the memory of an array that is no view. */
    static void read(INDArray from, float[] to) {
        ((FloatPointer) from.data().addressPointer()).get(to);
    }

    /** Copies into the memory of an array that is no view. */
    static void write(float[] from, INDArray to) {
        ((FloatPointer) to.data().addressPointer()).put(from);
    }
}
