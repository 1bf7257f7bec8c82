package io.github.dl4jcondconv.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonFactory;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.core.JsonToken;

/**
 * Reads the JSON header of a safetensors file token by token: a tree would let a hostile header exhaust the stack by
 * nesting.
 */
final class SafetensorsHeader {
    private static final String METADATA = "__metadata__";
    private static final JsonFactory JSON = new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final JsonParser json;

    private SafetensorsHeader(JsonParser json) {
        this.json = json;
    }

    /**
     * The tensors by name, in the header's order.
     *
     * @throws MalformedFileException if it is not the header of a safetensors file
     */
    static Map<String, TensorInfo> read(byte[] header) throws IOException {
        try (JsonParser json = JSON.createParser(header)) {
            return new SafetensorsHeader(json).tensors();
        } catch (JsonProcessingException e) {
            throw new MalformedFileException("the header is no JSON: " + e.getOriginalMessage());
        }
    }

    private Map<String, TensorInfo> tensors() throws IOException {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.getCurrentName();
            if (name.equals(METADATA)) {
                skipMetadata();
            } else {
                tensors.put(name, tensor("tensor \"" + name + "\""));
            }
        }
        return tensors;
    }

    /** Texts by name. */
    private void skipMetadata() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, METADATA);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            expect(json.nextToken(), JsonToken.VALUE_STRING, METADATA);
        }
    }

    private TensorInfo tensor(String name) throws IOException {
        String type = null;
        List<Long> shape = null;
        List<Long> place = null;
        expect(json.nextToken(), JsonToken.START_OBJECT, name);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.getCurrentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "dtype" -> {
                    expect(value, JsonToken.VALUE_STRING, name + ": dtype");
                    type = json.getText();
                }
                case "shape" -> shape = numbers(value, name + ": shape");
                case "data_offsets" -> place = numbers(value, name + ": data_offsets");
                default -> throw new MalformedFileException(name + " has an unknown field \"" + field + "\"");
            }
        }
        if (type == null || shape == null || place == null) {
            throw new MalformedFileException(name + " lacks one of dtype, shape and data_offsets");
        }
        return info(name, type, shape, place);
    }

    private static TensorInfo info(String name, String type, List<Long> shape, List<Long> place) throws IOException {
        TensorType known = TensorType.of(type)
                .orElseThrow(() -> new MalformedFileException(
                        name + " has values of type " + type + ", allowed: " + List.of(TensorType.values())));
        if (place.size() != 2 || place.get(0) > place.get(1)) {
            throw new MalformedFileException(name + ": data_offsets " + place + " are no range");
        }
        long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
        TensorInfo info = new TensorInfo(known, sizes, place.get(0));
        try {
            if (info.bytes() == place.get(1) - place.get(0)) {
                return info;
            }
        } catch (ArithmeticException e) {
            // larger than any file
        }
        throw new MalformedFileException(name + ": " + info + " does not take the bytes " + place);
    }

    private List<Long> numbers(JsonToken start, String what) throws IOException {
        expect(start, JsonToken.START_ARRAY, what);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
            if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                throw new MalformedFileException(what + " has a number that is not from 0 to 2^63 - 1");
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    private static void expect(JsonToken found, JsonToken expected, String what) throws IOException {
        if (found != expected) {
            throw new MalformedFileException(what + " is " + found + " where " + expected + " belongs");
        }
    }
}
