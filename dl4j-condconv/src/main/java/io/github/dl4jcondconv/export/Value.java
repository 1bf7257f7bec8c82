package io.github.dl4jcondconv.export;

import lombok.With;

/**
 * What flows along an edge of the graph: the name of an ONNX tensor, and how it relates to the array that DL4J would
 * hold there.
 *
 * <p>Inside the file images are always NCHW. In an NHWC network the tensor is therefore the transposed one, which
 * spares a transposition around every layer; a writer that needs DL4J's own layout asks for it.
 *
 * @param tensor name of the ONNX tensor
 * @param rank number of dimensions, {@link #UNKNOWN} after a vertex that could not be written
 * @param channels size of the channel dimension (of a vector: its length), {@link #UNKNOWN} if not known
 * @param transposed whether the tensor is NCHW where DL4J's array is NHWC
 * @param perExample whether dimension 0 counts the examples of the input, one row for each
 */
@With
record Value(String tensor, int rank, long channels, boolean transposed, boolean perExample) {
    static final int UNKNOWN = -1;

    private static final int[] NHWC_TO_NCHW = {0, 2, 3, 1};

    static Value vectors(String tensor, long size) {
        return new Value(tensor, 2, size, false, true);
    }

    static Value images(String tensor, long channels) {
        return new Value(tensor, 4, channels, false, true);
    }

    /** The stored tensor's axis for an axis of DL4J's array; a negative axis counts from the end. */
    int axis(int dl4jAxis) {
        int axis = dl4jAxis < 0 ? dl4jAxis + rank : dl4jAxis;
        return transposed ? NHWC_TO_NCHW[axis] : axis;
    }
}
