package io.github.dl4jcondconv.torchpeer;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;

/** Tensors as files of floats. */
final class Files {
    private Files() {}

    static Tensor read(Path file, long[] shape) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            FloatBuffer values = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] array = new float[values.remaining()];
            values.get(array);
            return Tensor.create(array, shape);
        }
    }

    static void write(Path file, Tensor tensor) throws IOException {
        Tensor dense = tensor.detach().contiguous();
        long bytes = dense.numel() * Float.BYTES;
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FloatPointer values = new FloatPointer(dense.data_ptr())) {
            channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .put(values.capacity(dense.numel()).asBuffer());
        }
    }
}
