package io.github.dl4jcondconv.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes safetensors files, sound and broken ones. */
public final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** A sound file of F32 tensors. */
    public static byte[] of(Map<String, INDArray> tensors) {
        List<String> entries = new ArrayList<>();
        int end = 0;
        for (Map.Entry<String, INDArray> e : tensors.entrySet()) {
            int start = end;
            end += Float.BYTES * (int) e.getValue().length();
            entries.add(entry(e.getKey(), "F32", e.getValue().shape(), start, end));
        }
        ByteBuffer values = ByteBuffer.allocate(end).order(ByteOrder.LITTLE_ENDIAN);
        for (INDArray tensor : tensors.values()) {
            for (float value : tensor.dup('c').data().asFloat()) {
                values.putFloat(value);
            }
        }
        return of("{" + String.join(",", entries) + "}", values.array());
    }

    /** A tensor's entry in the header. */
    public static String entry(String name, String type, long[] shape, long start, long end) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, type, Arrays.toString(shape), start, end);
    }

    /** A file with this header, whatever it says, and these values. */
    public static byte[] of(String header, byte... values) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(values)
                .array();
    }
}
