package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On ResNet-20 for CIFAR, the zoo's smallest network. */
class ImportCommandTest {
    @TempDir
    private Path directory;

    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private Path out;

    @BeforeEach
    void namesOfTheNetwork() {
        out = directory.resolve("model.zip");
        conv("conv1", "bn1", 16, 3);
        int channels = 16;
        for (int stage = 1; stage <= 3; stage++) {
            for (int block = 0; block < 3; block++) {
                String name = "layer" + stage + "." + block + ".";
                int width = 8 << stage;
                conv(name + "conv1", name + "bn1", width, channels);
                conv(name + "conv2", name + "bn2", width, width);
                if (channels != width) {
                    shapes.put(name + "downsample.0.weight", new long[] {width, channels, 1, 1});
                    norm(name + "downsample.1", width);
                }
                channels = width;
            }
        }
        shapes.put("fc.weight", new long[] {10, 64});
        shapes.put("fc.bias", new long[] {10});
    }

    private void conv(String name, String norm, long outputs, long inputs) {
        shapes.put(name + ".weight", new long[] {outputs, inputs, 3, 3});
        norm(norm, outputs);
    }

    private void norm(String name, long channels) {
        for (String tensor : new String[] {"weight", "bias", "running_mean", "running_var"}) {
            shapes.put(name + "." + tensor, new long[] {channels});
        }
        shapes.put(name + ".num_batches_tracked", new long[] {1});
    }

    @Test
    void weightsBecomeAModel() throws IOException {
        Cli cli = run(file());
        assertThat(cli.err()).isEmpty();
        ComputationGraph graph = ModelFiles.read(out);
        assertThat(graph.getLayer("layer1.0.conv1").getParam("W").shape()).containsExactly(16, 16, 3, 3);
    }

    @Test
    void aFileThatDoesNotFitIsRefusedAndNothingWritten() throws IOException {
        shapes.remove("fc.bias");
        shapes.put("fc2.bias", new long[] {10});
        Cli cli = run(file());
        assertThat(cli.err().lines())
                .singleElement()
                .asString()
                .contains("1 missing: fc.bias; 1 not of this network: fc2.bias");
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        Path file = file();
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 50_000));
        Cli cli = run(file);
        assertThat(cli.err().lines()).singleElement().asString().contains(file + ": truncated: ");
        assertThat(cli.exitCode()).isEqualTo(2);
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("none.safetensors");
        assertThat(run(file).err()).contains("weight file " + file + " does not exist");
    }

    private Cli run(Path file) {
        return Cli.run("import", file.toString(), out.toString(), "--model", "resnet20-cifar");
    }

    private Path file() throws IOException {
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (Map.Entry<String, long[]> e : shapes.entrySet()) {
            int start = end;
            end += Float.BYTES * (int) LongStream.of(e.getValue()).reduce(1, (a, b) -> a * b);
            header.append(start == 0 ? "" : ",")
                    .append("\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(e.getKey(), Arrays.toString(e.getValue()), start, end));
        }
        byte[] text = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + text.length + end).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        Random random = new Random(1);
        while (file.hasRemaining()) {
            file.putFloat(random.nextFloat());
        }
        return Files.write(directory.resolve("weights.safetensors"), file.array());
    }
}
