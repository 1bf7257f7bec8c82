package io.github.dl4jcondconv.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.testing.SafetensorsBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SafetensorsFileTest {
    private static final long[] PAIR = {2};

    @TempDir
    private Path directory;

    static Stream<Arguments> types() {
        // 1.5 and -2
        return Stream.of(
                Arguments.of("F16", little(4).putShort((short) 0x3e00).putShort((short) 0xc000)),
                Arguments.of("BF16", little(4).putShort((short) 0x3fc0).putShort((short) 0xc000)),
                Arguments.of("F32", little(8).putFloat(1.5f).putFloat(-2)),
                Arguments.of("F64", little(16).putDouble(1.5).putDouble(-2)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void readsValuesOfType(String type, ByteBuffer values) throws IOException {
        String header = "{" + SafetensorsBytes.entry("x", type, PAIR, 0, values.capacity()) + "}";
        assertThat(read(SafetensorsBytes.of(header, values.array())).toDoubleVector())
                .containsExactly(1.5, -2);
    }

    @Test
    void readsACounter() throws IOException {
        String header = "{" + SafetensorsBytes.entry("x", "I64", new long[0], 0, 8) + "}";
        assertThat(read(SafetensorsBytes.of(header, little(8).putLong(1L << 40).array()))
                        .getDouble(0))
                .isEqualTo(0x1p40);
    }

    /** More than one read of the file takes. */
    @Test
    void readsALargeTensorInItsOrder() throws IOException {
        INDArray values = Nd4j.rand(DataType.FLOAT, 3, 400_000);
        assertThat(read(SafetensorsBytes.of(Map.of("x", values))).equalsWithEps(values, 0))
                .isTrue();
    }

    @Test
    void readsPastMetadata() throws IOException {
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"}," + SafetensorsBytes.entry("x", "F32", PAIR, 0, 8) + "}    ";
        assertThat(read(SafetensorsBytes.of(header, new byte[8])).shape()).containsExactly(2);
    }

    static Stream<Arguments> broken() {
        String x = SafetensorsBytes.entry("x", "F32", PAIR, 0, 8);
        return Stream.of(
                broken("empty", new byte[0], "0 bytes are no safetensors file"),
                broken("a text", "PK and much more text".getBytes(), "no safetensors file: a header of "),
                broken("a negative header", little(8).putLong(-1).array(), "18446744073709551615 bytes"),
                broken("half a header", Arrays.copyOf(SafetensorsBytes.of("{" + x + "}"), 20), "truncated: a header"),
                broken("half of the values", SafetensorsBytes.of("{" + x + "}", new byte[4]), "truncated: the header"),
                broken(
                        "more values",
                        SafetensorsBytes.of("{" + x + "}", new byte[9]),
                        "8 bytes of values, the file has 9"),
                broken("no JSON", header("{x}"), "the header is no JSON"),
                broken("half a JSON", header("{\"x\":{\"dtype\":"), "the header is no JSON"),
                broken("a list", header("[]"), "the header is START_ARRAY"),
                broken("nesting", header("[".repeat(1_000_000)), "the header is START_ARRAY"),
                broken("nested metadata", header("{\"__metadata__\":{\"a\":" + "[".repeat(1_000_000)), "__metadata__"),
                broken("twice the same", SafetensorsBytes.of("{" + x + "," + x + "}", new byte[8]), "Duplicate field"),
                broken("no type", header("{\"x\":{\"shape\":[],\"data_offsets\":[0,0]}}"), "\"x\" lacks one of"),
                broken(
                        "unknown type",
                        header("{" + SafetensorsBytes.entry("x", "I8", PAIR, 0, 2) + "}"),
                        "type I8, allowed"),
                broken("another field", header("{\"x\":{\"stride\":[1]}}"), "unknown field \"stride\""),
                broken("a negative size", tensor("-2", "0,8"), "not from 0 to 2^63 - 1"),
                broken("a fraction", tensor("1.5", "0,8"), "VALUE_NUMBER_FLOAT"),
                broken("a size past 2^63", tensor("9".repeat(30), "0,8"), "not from 0 to 2^63 - 1"),
                broken("too many values", tensor("9223372036854775807,4", "0,8"), "does not take the bytes"),
                broken("wrong place", tensor("2", "0,12"), "does not take the bytes [0, 12]"),
                broken("place backwards", tensor("2", "8,0"), "[8, 0] are no range"),
                broken("half a place", tensor("2", "8"), "[8] are no range"),
                broken(
                        "overlap",
                        SafetensorsBytes.of(
                                "{" + x + "," + SafetensorsBytes.entry("y", "F32", PAIR, 4, 12) + "}", new byte[12]),
                        "tensor \"y\" starts at byte 4 of the values, those before it end at 8"),
                broken(
                        "gap",
                        SafetensorsBytes.of("{" + SafetensorsBytes.entry("x", "F32", PAIR, 4, 12) + "}", new byte[12]),
                        "tensor \"x\" starts at byte 4"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void refusesInOneLineThatNamesTheFile(byte[] bytes, String reason) throws IOException {
        Path file = Files.write(directory.resolve("broken.safetensors"), bytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason)
                .extracting(e -> e.getMessage().lines().count())
                .isEqualTo(1L);
    }

    /** Whatever is damaged in a file, the answer is a network's worth of values or an IOException. */
    @Test
    void neverFailsOtherwise() throws IOException {
        byte[] sound = SafetensorsBytes.of(Map.of("a", Nd4j.ones(2, 3), "b", Nd4j.ones(4)));
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = sound.clone();
            bytes[random.nextInt(bytes.length - 40)] = (byte) random.nextInt(256);
            Path file = Files.write(directory.resolve("damaged.safetensors"), bytes);
            try (SafetensorsFile open = SafetensorsFile.open(file)) {
                assertThat(open.tensors()).hasSize(2);
            } catch (MalformedFileException e) {
                assertThat(e).hasMessageStartingWith(file.toString());
            }
        }
    }

    private INDArray read(byte[] bytes) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(Files.write(directory.resolve("x.safetensors"), bytes))) {
            return file.read("x");
        }
    }

    private static Arguments broken(String name, byte[] bytes, String reason) {
        return Arguments.of(Named.of(name, bytes), reason);
    }

    private static byte[] header(String text) {
        return SafetensorsBytes.of(text);
    }

    private static byte[] tensor(String shape, String place) {
        return SafetensorsBytes.of(
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[" + shape + "],\"data_offsets\":[" + place + "]}}", new byte[8]);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
