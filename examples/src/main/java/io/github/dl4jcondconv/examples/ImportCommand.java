package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.profile.ParameterCount;
import io.github.dl4jcondconv.weights.WeightImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv import}: weights that another framework trained, as a DL4J model. */
@Command(
        name = "import",
        description = "Make a DL4J model of a network of the zoo and a file of its weights, with the names of timm,"
                + " torchvision or the paper's own code. Every tensor must fit.")
final class ImportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE.safetensors", description = "The weights.")
    private Path weights;

    @Parameters(paramLabel = "OUT.zip", description = "Where the model goes.")
    private Path out;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME",
            description = "The network by its name, such as resnet50; summary lists what it is made of.")
    private String model;

    @Mixin
    private NetworkOptions network;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OutputFiles files = options.files()) {
            Path file = files.add(out);
            Path json = options.addJson(files);
            if (!Files.isRegularFile(weights)) {
                throw new IllegalArgumentException("weight file " + weights + " does not exist");
            }
            ComputationGraph graph = WeightImporter.read(network.network(model).conf(), weights);
            ModelSerializer.writeModel(graph, file.toFile(), false);
            ParameterCount count = ParameterCount.of(graph);
            OutputOptions.writeJson(json, Map.of("model", model, "params", count.trainable(), "state", count.state()));
            files.publish();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s: %s with %,d parameters and %,d running statistics%n",
                            out, model, count.trainable(), count.state());
        }
        return 0;
    }
}
