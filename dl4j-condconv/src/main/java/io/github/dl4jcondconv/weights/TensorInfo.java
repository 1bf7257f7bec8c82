package io.github.dl4jcondconv.weights;

import java.util.Arrays;

/**
 * What a safetensors file's header says of one tensor.
 *
 * @param type of its values
 * @param shape its sizes, from 0; empty for a single value
 * @param offset of its first byte, counted from the end of the header
 */
public record TensorInfo(TensorType type, long[] shape, long offset) {
    /** Number of values. */
    public long length() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    long bytes() {
        return Math.multiplyExact(length(), type.bytes());
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
