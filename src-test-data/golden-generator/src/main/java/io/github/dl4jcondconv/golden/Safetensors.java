package io.github.dl4jcondconv.golden;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A file in the safetensors format: the length of the header (8 bytes, little endian), the header (JSON, filled up with
 * spaces to whole words), the values of all tensors. No name or text in it may need escaping in JSON.
 */
final class Safetensors {
    private static final int WORD = 8;

    private final List<String> entries = new ArrayList<>();
    private final ByteBuffer data;

    private Safetensors(int size) {
        data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes a file; the wider type goes first, so that every value is aligned to its own size.
     *
     * @param float64 the tensors to store with double precision
     * @param float32 the tensors to store with single precision
     */
    static void write(Path file, Map<String, String> metadata, Map<String, Tensor> float64, Map<String, Tensor> float32)
            throws IOException {
        Safetensors content = new Safetensors(Double.BYTES * count(float64) + Float.BYTES * count(float32));
        content.entries.add(metadata.entrySet().stream()
                .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(",", "\"__metadata__\":{", "}")));
        float64.forEach(content::addDoubles);
        float32.forEach(content::addFloats);
        Path unfinished = Files.write(file.resolveSibling(file.getFileName() + ".tmp"), content.bytes());
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static int count(Map<String, Tensor> tensors) {
        return tensors.values().stream()
                .mapToInt(tensor -> (int) tensor.numel())
                .sum();
    }

    private void addDoubles(String name, Tensor tensor) {
        int start = data.position();
        for (double value : values(tensor)) {
            data.putDouble(value);
        }
        addEntry(name, "F64", tensor, start);
    }

    private void addFloats(String name, Tensor tensor) {
        int start = data.position();
        for (double value : values(tensor)) {
            data.putFloat((float) value);
        }
        addEntry(name, "F32", tensor, start);
    }

    private static double[] values(Tensor tensor) {
        double[] values = new double[(int) tensor.numel()];
        tensor.detach().to(ScalarType.Double).contiguous().data_ptr_double().get(values);
        return values;
    }

    private void addEntry(String name, String type, Tensor tensor, int start) {
        String shape = Arrays.toString(tensor.shape()).replace(" ", "");
        entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, type, shape, start, data.position()));
    }

    private byte[] bytes() {
        String json = entries.stream().collect(Collectors.joining(",", "{", "}"));
        int padding = Math.floorMod(-json.length(), WORD);
        byte[] header = (json + " ".repeat(padding)).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(WORD + header.length + data.capacity())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data.array())
                .array();
    }
}
