package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Images;
import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Short FLOAT arrays as Java has them, copied as a whole. */
final class Vectors {
    private Vectors() {}

    static float[] values(INDArray vector) {
        INDArray dense = checked(vector);
        float[] values = new float[Math.toIntExact(dense.length())];
        memory(dense).get(values);
        Reference.reachabilityFence(dense);
        return values;
    }

    /** @throws IllegalArgumentException if the array has another length, or gaps */
    static void write(float[] values, INDArray vector) {
        INDArray dense = checked(vector);
        if (dense != vector || dense.length() != values.length) {
            throw new IllegalArgumentException(
                    values.length + " numbers do not fit into an array of " + vector.length() + ", or it has gaps");
        }
        memory(dense).put(values);
        Reference.reachabilityFence(dense);
    }

    private static INDArray checked(INDArray vector) {
        if (vector.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("an array is " + vector.dataType() + "; allowed is FLOAT");
        }
        return Images.dense(vector);
    }

    private static FloatPointer memory(INDArray dense) {
        return new FloatPointer(dense.data().addressPointer());
    }
}
