package io.github.dl4jcondconv.kernels;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies between FLOAT arrays and Java's heap. */
final class Planes {
    private Planes() {}

    /** The elements of a FLOAT array in c order. */
    static float[] floats(INDArray array) {
        float[] values = new float[Math.toIntExact(array.length())];
        ((FloatPointer) array.dup('c').data().addressPointer()).get(values);
        return values;
    }

    /** Copies into the memory of an array that is no view. */
    static void write(float[] from, INDArray to) {
        ((FloatPointer) to.data().addressPointer()).put(from);
    }
}
