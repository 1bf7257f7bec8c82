package io.github.dl4jcondconv.weights;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A safetensors file: the length of a header (8 bytes, little endian), the header (JSON: type, shape and place of each
 * tensor), the values. Opening reads the header; the values of a tensor are read when they are asked for, so that a large
 * file takes the memory of one tensor.
 *
 * <p>The file may come from anywhere: whatever in it does not fit is a {@link MalformedFileException} that names the file
 * and the tensor in one line. Header and values must fill the file without gap or overlap, as the format demands.
 */
public final class SafetensorsFile implements Closeable {
    /** The format's own limit. */
    private static final long LARGEST_HEADER = 100_000_000;

    private static final int CHUNK = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, TensorInfo> tensors;

    private SafetensorsFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        long header = headerLength();
        dataStart = Long.BYTES + header;
        tensors = Collections.unmodifiableMap(SafetensorsHeader.read(
                bytes(Long.BYTES, Math.toIntExact(header)).array()));
        checkPlaces();
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws MalformedFileException if it is no safetensors file, or a damaged one
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SafetensorsFile(path, channel);
        } catch (MalformedFileException e) {
            channel.close();
            throw new MalformedFileException(path + ": " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Its tensors by name, in the file's order. */
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /**
     * The values of a tensor: DOUBLE if they are F64 or I64, else FLOAT, which holds them exactly.
     *
     * @throws IllegalArgumentException if there is no such tensor, or it has more values than a Java array can
     * @throws IOException if the file cannot be read, or has become shorter
     */
    public INDArray read(String name) throws IOException {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new IllegalArgumentException(path + " has no tensor \"" + name + "\"");
        }
        if (info.length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    path + ": tensor \"" + name + "\" " + info + " has more values than this library reads");
        }
        boolean wide = info.type() == TensorType.F64 || info.type() == TensorType.I64;
        INDArray values =
                Nd4j.createUninitialized(wide ? DataType.DOUBLE : DataType.FLOAT, new long[] {info.length()}, 'c');
        int next = 0;
        int perChunk = CHUNK / info.type().bytes();
        while (next < info.length()) {
            int count = (int) Math.min(perChunk, info.length() - next);
            long from = dataStart + info.offset() + (long) next * info.type().bytes();
            ByteBuffer chunk = bytes(from, count * info.type().bytes());
            for (int i = 0; i < count; i++) {
                values.data().put(next++, info.type().next(chunk));
            }
        }
        return values.reshape('c', info.shape());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private long headerLength() throws IOException {
        if (channel.size() < Long.BYTES) {
            throw new MalformedFileException(channel.size() + " bytes are no safetensors file");
        }
        long length = bytes(0, Long.BYTES).getLong();
        if (length < 0 || length > LARGEST_HEADER) {
            throw new MalformedFileException("no safetensors file: a header of " + Long.toUnsignedString(length)
                    + " bytes, allowed: up to " + LARGEST_HEADER);
        }
        if (length > channel.size() - Long.BYTES) {
            throw new MalformedFileException("truncated: a header of " + length + " bytes is announced, "
                    + (channel.size() - Long.BYTES) + " follow");
        }
        return length;
    }

    private void checkPlaces() throws IOException {
        List<Map.Entry<String, TensorInfo>> inOrder = tensors.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, TensorInfo>>comparingLong(
                                e -> e.getValue().offset())
                        .thenComparingLong(e -> e.getValue().bytes()))
                .toList();
        long end = 0;
        for (Map.Entry<String, TensorInfo> e : inOrder) {
            if (e.getValue().offset() != end) {
                throw new MalformedFileException("tensor \"" + e.getKey() + "\" starts at byte "
                        + e.getValue().offset() + " of the values, those before it end at " + end);
            }
            end += e.getValue().bytes();
        }
        long present = channel.size() - dataStart;
        if (end != present) {
            throw new MalformedFileException((end > present ? "truncated: " : "") + "the header announces " + end
                    + " bytes of values, the file has " + present);
        }
    }

    private ByteBuffer bytes(long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new MalformedFileException("it ends at byte " + channel.size() + ", before " + (from + count));
            }
        }
        return bytes.flip();
    }
}
