package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.fusion.FusionResult;
import io.github.dl4jcondconv.fusion.GraphFuser;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv fuse}: a smaller model with the same answers. */
@Command(
        name = "fuse",
        description = "Fold normalisation, branches and blocks of a trained model into plain layers, and list what was"
                + " folded, what stayed and why.")
final class FuseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "IN.zip", description = "A network saved by DL4J's ModelSerializer.")
    private Path in;

    @Parameters(paramLabel = "OUT.zip", description = "Where the fused model goes.")
    private Path out;

    @Option(
            names = "--input",
            paramLabel = "CxHxW",
            converter = ImageSizeConverter.class,
            description = "Size of the images, such as 3x224x224, to count the multiply-adds.")
    private ImageSize input;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OutputFiles files = options.files()) {
            files.add(out);
            Path json = options.addJson(files);
            PrintWriter console = spec.commandLine().getOut();
            ModelFiles.Model model = ModelFiles.load(in);
            console.println(model);
            FusionResult result = fuse(model.graph());
            console.println(result.report());
            files.write(out, file -> {
                ModelSerializer.writeModel(result.graph(), file.toFile(), false);
                return file;
            });
            OutputOptions.writeJson(json, FusionJson.of(result.report()));
            files.publish();
        }
        return ExitCode.OK;
    }

    private FusionResult fuse(ComputationGraph graph) {
        return input == null ? GraphFuser.fuse(graph) : GraphFuser.fuse(graph, input.inputTypeOf(graph));
    }
}
