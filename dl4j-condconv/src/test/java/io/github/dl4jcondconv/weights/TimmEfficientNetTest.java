package io.github.dl4jcondconv.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.SafetensorsBytes;
import io.github.dl4jcondconv.zoo.BlockKind;
import io.github.dl4jcondconv.zoo.EfficientNet;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file with the tensors of timm's {@code tf_efficientnet_cc_b0_4e}, all 0, is taken by the zoo's network. */
class TimmEfficientNetTest {
    private static final int EXPERTS = 4;

    /** Blocks, kernel, expansion and output channels of each stage. */
    private static final int[][] STAGES = {
        {1, 3, 1, 16}, {2, 3, 6, 24}, {2, 5, 6, 40}, {3, 3, 6, 80}, {3, 5, 6, 112}, {4, 5, 6, 192}, {1, 3, 6, 320}
    };

    @TempDir
    private Path directory;

    private final Map<String, long[]> tensors = new LinkedHashMap<>();

    @Test
    void timmsTensorsAreTheNetworks() throws IOException {
        normalised("conv_stem", "bn1", 32, 3, 3, 3);
        long in = 32;
        for (int stage = 0; stage < STAGES.length; stage++) {
            for (int i = 0; i < STAGES[stage][0]; i++) {
                block("blocks." + stage + "." + i + ".", STAGES[stage], in, stage >= 4);
                in = STAGES[stage][3];
            }
        }
        normalised("conv_head", "bn2", 1280, 320, 1, 1);
        tensors.put("classifier.weight", new long[] {1000, 1280});
        tensors.put("classifier.bias", new long[] {1000});
        ComputationGraph graph = WeightImporter.read(
                EfficientNet.builder()
                        .block(BlockKind.CONDCONV)
                        .experts(EXPERTS)
                        .build()
                        .conf(),
                file());
        assertThat(graph.params().maxNumber().doubleValue()).isZero();
    }

    private void block(String name, int[] stage, long in, boolean conditional) {
        int k = stage[1];
        long out = stage[3];
        long inside = in * stage[2];
        boolean expands = stage[2] > 1;
        if (conditional) {
            tensors.put(name + "routing_fn.weight", new long[] {EXPERTS, in});
            tensors.put(name + "routing_fn.bias", new long[] {EXPERTS});
        }
        if (expands) {
            convolution(conditional, name + "conv_pw", name + "bn1", inside, in, 1);
        }
        convolution(conditional, name + "conv_dw", name + (expands ? "bn2" : "bn1"), inside, 1, k);
        tensors.put(name + "se.conv_reduce.weight", new long[] {in / 4, inside, 1, 1});
        tensors.put(name + "se.conv_reduce.bias", new long[] {in / 4});
        tensors.put(name + "se.conv_expand.weight", new long[] {inside, in / 4, 1, 1});
        tensors.put(name + "se.conv_expand.bias", new long[] {inside});
        String last = expands ? "conv_pwl" : "conv_pw";
        convolution(conditional, name + last, name + (expands ? "bn3" : "bn2"), out, inside, 1);
    }

    private void convolution(boolean conditional, String name, String norm, long out, long in, int k) {
        normalised(name, norm, out, in, k, k);
        if (conditional) {
            tensors.put(name + ".weight", new long[] {EXPERTS, out * in * k * k});
        }
    }

    private void normalised(String name, String norm, long... shape) {
        tensors.put(name + ".weight", shape);
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
            tensors.put(norm + "." + part, new long[] {shape[0]});
        }
    }

    /** The values are the file's hole. */
    private Path file() throws IOException {
        List<String> entries = new ArrayList<>();
        long end = 0;
        for (Map.Entry<String, long[]> e : tensors.entrySet()) {
            long start = end;
            end += Float.BYTES * LongStream.of(e.getValue()).reduce(1, (a, b) -> a * b);
            entries.add(SafetensorsBytes.entry(e.getKey(), "F32", e.getValue(), start, end));
        }
        Path path = directory.resolve("tf_efficientnet_cc_b0_4e.safetensors");
        Files.write(path, SafetensorsBytes.of("{" + String.join(",", entries) + "}"));
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(file.length() + end);
        }
        return path;
    }
}
