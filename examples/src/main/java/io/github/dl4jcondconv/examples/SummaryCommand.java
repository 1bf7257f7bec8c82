package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.profile.GraphProfile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv summary}: what a model file holds. */
@Command(name = "summary", description = "List a model's layers; with the size of its images also their multiply-adds.")
final class SummaryCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "A ComputationGraph saved by DL4J's ModelSerializer.")
    private Path file;

    @Option(
            names = "--image",
            paramLabel = "H,W,C",
            converter = ImageTypeConverter.class,
            description = "Height, width and channels of the network's images, such as 28,28,1.")
    private InputType image;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ComputationGraph graph = ModelFiles.read(file);
        Object summary = image == null ? graph.summary() : GraphProfile.of(graph, image);
        spec.commandLine().getOut().println(summary);
        return 0;
    }
}
