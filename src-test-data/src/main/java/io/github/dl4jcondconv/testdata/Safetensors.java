package io.github.dl4jcondconv.testdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * The content of a safetensors file: the length of a header (8 bytes, little endian), the header (a JSON object that
 * tells type, shape and place of each tensor), the values.
 *
 * @param metadata the texts under {@code __metadata__} in the header
 * @param tensors the tensors by name; they may have the types F32 and F64
 */
public record Safetensors(Map<String, String> metadata, Map<String, Tensor> tensors) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a file.
     *
     * @param file the file
     * @return its content
     * @throws IOException if the file is missing, truncated, damaged, or has tensors of another type; the message names
     *     the file
     */
    public static Safetensors read(Path file) throws IOException {
        return parse(file.toString(), Files.readAllBytes(file));
    }

    static Safetensors parse(String source, byte[] bytes) throws IOException {
        try {
            return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        } catch (JsonProcessingException e) {
            throw new IOException(source + ": the header is no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IOException(source + ": " + e.getMessage(), e);
        }
    }

    private static Safetensors parse(ByteBuffer file) throws IOException {
        require(file.remaining() >= Long.BYTES, "%d bytes are no safetensors file", file.remaining());
        long headerSize = file.getLong();
        require(
                headerSize >= 0 && headerSize <= file.remaining(),
                "truncated or no safetensors file: a header of %d bytes is announced, %d bytes follow",
                headerSize,
                file.remaining());
        JsonNode header = JSON.readTree(file.array(), file.position(), (int) headerSize);
        ByteBuffer data = file.position(file.position() + (int) headerSize).slice();
        require(header.isObject(), "the header is no JSON object");

        Map<String, String> metadata = new TreeMap<>();
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Iterator<String> names = header.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            JsonNode entry = header.get(name);
            if (name.equals("__metadata__")) {
                entry.fields()
                        .forEachRemaining(text ->
                                metadata.put(text.getKey(), text.getValue().asText()));
            } else {
                tensors.put(name, tensor(name, entry, data));
            }
        }
        return new Safetensors(Collections.unmodifiableMap(metadata), Collections.unmodifiableMap(tensors));
    }

    private static Tensor tensor(String name, JsonNode entry, ByteBuffer data) throws IOException {
        String type = entry.path("dtype").asText();
        require(type.equals("F32") || type.equals("F64"), "tensor %s has type '%s', not F32 or F64", name, type);
        int width = type.equals("F32") ? Float.BYTES : Double.BYTES;
        long[] shape = wholeNumbers(name, entry.path("shape"));
        long[] offsets = wholeNumbers(name, entry.path("data_offsets"));
        String place = "tensor %s at bytes %s".formatted(name, Arrays.toString(offsets));
        require(offsets.length == 2 && offsets[0] <= offsets[1], "%s: that is no range", place);
        require(offsets[1] <= data.limit(), "truncated: %s, the file has %d", place, data.limit());
        // a product of doubles cannot overflow to the right size
        double size = LongStream.of(shape).asDoubleStream().reduce(width, (a, b) -> a * b);
        require(
                size == offsets[1] - offsets[0],
                "%s: %s of shape %s does not fit",
                place,
                type,
                Arrays.toString(shape));

        ByteBuffer bytes =
                data.slice((int) offsets[0], (int) (offsets[1] - offsets[0])).order(ByteOrder.LITTLE_ENDIAN);
        DoubleStream values =
                type.equals("F32") ? DoubleStream.generate(bytes::getFloat) : DoubleStream.generate(bytes::getDouble);
        return new Tensor(shape, values.limit(bytes.limit() / width).toArray());
    }

    private static long[] wholeNumbers(String tensor, JsonNode list) throws IOException {
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = list.get(i);
            boolean whole = number.isIntegralNumber() && number.canConvertToLong() && number.asLong() >= 0;
            require(whole, "tensor %s: %s is no whole number", tensor, number);
            numbers[i] = number.asLong();
        }
        return numbers;
    }

    private static void require(boolean condition, String message, Object... values) throws IOException {
        if (!condition) {
            throw new IOException(message.formatted(values));
        }
    }
}
