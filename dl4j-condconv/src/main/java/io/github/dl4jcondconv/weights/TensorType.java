package io.github.dl4jcondconv.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.javacpp.indexer.Bfloat16Indexer;
import org.bytedeco.javacpp.indexer.HalfIndexer;

/** Types of values in a safetensors file that this library reads, by their names in its header. */
public enum TensorType {
    /** IEEE 754 half precision. */
    F16(Short.BYTES),
    /** The upper half of an F32. */
    BF16(Short.BYTES),
    F32(Float.BYTES),
    F64(Double.BYTES),
    I64(Long.BYTES);

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    static Optional<TensorType> of(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }

    /** Bytes of one value. */
    int bytes() {
        return bytes;
    }

    /** The next value; an I64 above 2^53 is rounded. */
    double next(ByteBuffer littleEndian) {
        return switch (this) {
            case F16 -> HalfIndexer.toFloat(littleEndian.getShort());
            case BF16 -> Bfloat16Indexer.toFloat(littleEndian.getShort());
            case F32 -> littleEndian.getFloat();
            case F64 -> littleEndian.getDouble();
            case I64 -> littleEndian.getLong();
        };
    }
}
