package io.github.dl4jcondconv.golden;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes the golden vectors: one directory per layer, holding one safetensors file per case and {@code index.txt}, the
 * list of the cases. Files of cases that are no more are removed.
 */
public final class GoldenVectors {
    private static final String ENGINE = "libtorch 2.10.0, float64";

    /**
     * The largest relative error that torch itself may make on a case in float32: one fifth of what the tests of the
     * layers allow, so that a failure there is an error of the layer and not of float arithmetic.
     */
    private static final double LARGEST_FLOAT_ERROR = 2e-6;

    private GoldenVectors() {}

    /**
     * Runs the program.
     *
     * @param args the directory to write to
     * @throws IOException if a file cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]).normalize();
        torch.set_num_threads(1);
        write(root.resolve("condconv2d"), CondConv2D.cases());
        write(root.resolve("depthwise-condconv2d"), DepthwiseCondConv2D.cases());
        write(root.resolve("cond-dense"), CondDense.cases());
        write(root.resolve("router"), Router.cases());
        write(root.resolve("asymmetric-conv-block"), AsymmetricConvBlock.cases());
        write(root.resolve("weightnet-conv2d"), WeightNetConv2D.cases());
        write(root.resolve("depthwise-weightnet-conv2d"), WeightNetConv2D.depthwiseCases());
        write(root.resolve("squeeze-excitation"), SqueezeExcitation.cases());
        write(root.resolve("sampling-mask"), SamplingMask.cases());
        write(root.resolve("interpolation"), Interpolation.cases());
        write(root.resolve("sampled-conv2d"), SampledConv2D.cases());
        write(root.resolve("masked-conv2d"), MaskedConv2D.cases());
        write(root.resolve("state-dicts"), StateDictBlock.cases());
    }

    private static void write(Path directory, List<? extends GoldenCase> cases) throws IOException {
        Files.createDirectories(directory);
        List<String> names = new ArrayList<>();
        for (GoldenCase golden : cases) {
            if (names.contains(golden.name())) {
                throw new IllegalStateException(directory + ": two cases are named " + golden.name());
            }
            names.add(golden.name());
            write(directory, golden);
        }
        Files.write(directory.resolve("index.txt"), names);
        removeAllBut(names, directory);
        System.out.printf("%s: %d cases%n", directory, cases.size());
    }

    private static void write(Path directory, GoldenCase golden) throws IOException {
        String id = directory.getFileName() + "/" + golden.name();
        Experiment reference = Experiment.run(golden, id.hashCode(), ScalarType.Double);
        Experiment single = Experiment.run(golden, id.hashCode(), ScalarType.Float);
        reference.computed().forEach((name, expected) -> {
            double error = relativeError(single.computed().get(name), expected);
            if (!(error <= LARGEST_FLOAT_ERROR)) {
                throw new IllegalStateException("%s: torch's float32 %s is off by %.1e".formatted(id, name, error));
            }
        });
        Map<String, String> metadata = golden.configuration();
        metadata.put("engine", ENGINE);
        Path file = directory.resolve(golden.name() + ".safetensors");
        Safetensors.write(file, metadata, reference.computed(), reference.given());
    }

    private static double relativeError(Tensor actual, Tensor expected) {
        double difference =
                actual.to(ScalarType.Double).sub(expected).abs().max().item_double();
        return difference / expected.abs().max().item_double();
    }

    private static void removeAllBut(List<String> names, Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.safetensors")) {
            for (Path file : files) {
                if (!names.contains(file.getFileName().toString().replace(".safetensors", ""))) {
                    Files.delete(file);
                }
            }
        }
    }
}
