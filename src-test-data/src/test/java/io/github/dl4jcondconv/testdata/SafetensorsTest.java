package io.github.dl4jcondconv.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final String WIDE = "{'dtype':'F64','shape':[2],'data_offsets':[0,16]}";
    private static final String NARROW = "{'dtype':'F32','shape':[1,3],'data_offsets':[16,28]}";
    private static final byte[] VALID =
            file("{'__metadata__':{'stride':'2,1'},'wide':%s,'narrow':%s}".formatted(WIDE, NARROW));

    @Test
    void valuesOfDoublePrecisionAreRead() throws IOException {
        assertThat(Safetensors.parse("a", VALID).tensors().get("wide").values()).containsExactly(0.1, -7);
    }

    @Test
    void valuesOfSinglePrecisionAreRead() throws IOException {
        assertThat(Safetensors.parse("a", VALID).tensors().get("narrow").values())
                .containsExactly(0.1f, 1, -2);
    }

    @Test
    void shapesAreRead() throws IOException {
        assertThat(Safetensors.parse("a", VALID).tensors().get("narrow").shape())
                .containsExactly(1, 3);
    }

    @Test
    void metadataAreRead() throws IOException {
        assertThat(Safetensors.parse("a", VALID).metadata()).isEqualTo(Map.of("stride", "2,1"));
    }

    @Test
    void aFileReadsAsItsBytes(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("a.safetensors"), VALID);

        assertThat(Safetensors.read(file).tensors()).containsOnlyKeys("narrow", "wide");
    }

    @Test
    void aFileThatIsCutAnywhereIsRejectedByName() {
        for (int length = 0; length < VALID.length; length++) {
            byte[] cut = Arrays.copyOf(VALID, length);
            assertThatIOException()
                    .as("cut to %d of %d bytes", length, VALID.length)
                    .isThrownBy(() -> Safetensors.parse("cut.safetensors", cut))
                    .withMessageStartingWith("cut.safetensors: ");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            'F16' | [2]      | [0,16]   | tensor t has type 'F16', not F32 or F64
            'F64' | [3]      | [0,16]   | tensor t at bytes [0, 16]: F64 of shape [3] does not fit
            'F64' | [-1,-2]  | [0,16]   | tensor t: -1 is no whole number
            'F64' | ['a']    | [0,16]   | tensor t: "a" is no whole number
            'F64' | [2]      | [16,0]   | tensor t at bytes [16, 0]: that is no range
            'F64' | [2]      | [0]      | tensor t at bytes [0]: that is no range
            'F64' | [2]      | [16,32]  | truncated: tensor t at bytes [16, 32], the file has 28
            'F64' | [4294967296,4294967296] | [0,0] | tensor t at bytes [0, 0]: F64 of shape [4294967296, 4294967296] does not fit
            'F64' | [1.5]    | [0,16]   | tensor t: 1.5 is no whole number
            """)
    void aWrongEntryIsRejectedByName(String type, String shape, String offsets, String message) {
        byte[] wrong = file("{'t':{'dtype':%s,'shape':%s,'data_offsets':%s}}".formatted(type, shape, offsets));

        assertThatIOException()
                .isThrownBy(() -> Safetensors.parse("wrong", wrong))
                .withMessage("wrong: " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {'t':   | the header is no JSON
            [1,2]   | the header is no JSON object
            """)
    void aWrongHeaderIsRejected(String header, String message) {
        assertThatIOException()
                .isThrownBy(() -> Safetensors.parse("wrong", file(header)))
                .withMessageStartingWith("wrong: " + message);
    }

    private static byte[] file(String header) {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + 28)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .putDouble(0.1)
                .putDouble(-7)
                .putFloat(0.1f)
                .putFloat(1)
                .putFloat(-2)
                .array();
    }
}
