package io.github.dl4jcondconv.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import onnx.Onnx;
import onnx.Onnx.TensorProto;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnsafeByteOperations;

/** Turns arrays and numbers into ONNX tensors: row-major, little endian, each copied once. */
final class Tensors {
    private Tensors() {}

    /** The array as 32-bit floats, whatever its type: runtimes have convolutions for no wider type. */
    static TensorProto floats(String name, INDArray array) {
        ByteBuffer bytes = littleEndian(Math.multiplyExact(array.length(), Float.BYTES));
        copy(array, bytes);
        return tensor(name, Onnx.TensorProto.DataType.FLOAT, bytes, array.shape());
    }

    /** Puts the elements into the buffer as floats, row by row, and frees the native copy at once. */
    static void copy(INDArray array, ByteBuffer bytes) {
        try (INDArray rowMajor = array.castTo(DataType.FLOAT).dup('c')) {
            bytes.asFloatBuffer().put(rowMajor.data().asNioFloat());
        }
    }

    /** A tensor of rank 0. */
    static TensorProto scalar(String name, double value) {
        return tensor(
                name, Onnx.TensorProto.DataType.FLOAT, littleEndian(Float.BYTES).putFloat(0, (float) value));
    }

    /** A vector of 64-bit integers: the form of shapes, axes and paddings. */
    static TensorProto longs(String name, long... values) {
        ByteBuffer bytes = littleEndian((long) values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return tensor(name, Onnx.TensorProto.DataType.INT64, bytes, values.length);
    }

    /** A 64-bit integer of rank 0. */
    static TensorProto index(String name, long value) {
        return tensor(
                name, Onnx.TensorProto.DataType.INT64, littleEndian(Long.BYTES).putLong(0, value));
    }

    static ByteBuffer littleEndian(long size) {
        return ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TensorProto tensor(String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(wrap(bytes));
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    private static ByteString wrap(ByteBuffer bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
