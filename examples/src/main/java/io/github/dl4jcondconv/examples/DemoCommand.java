package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.examples.demo.BlockKind;
import io.github.dl4jcondconv.examples.demo.Contestant;
import io.github.dl4jcondconv.examples.demo.Measured;
import io.github.dl4jcondconv.examples.demo.Metrics;
import io.github.dl4jcondconv.examples.demo.Training;
import io.github.dl4jcondconv.examples.report.Report;
import io.github.dl4jcondconv.profile.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code condconv demo}: the main job of this project. */
@Command(
        name = "demo",
        description =
                "Train one small network six times: of plain convolutions, asymmetric blocks, CondConv, WeightNet,"
                        + " squeeze-and-excitation and sampled convolutions; fuse each, check that it answers as before, and save"
                        + " models, figures and a report.",
        showDefaultValues = true)
final class DemoCommand implements Callable<Integer> {

    @Mixin
    private TrainingOptions options;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "${sys:condconv.demo.out:-examples/target/demo}",
            description = "Where models, metrics.json and report.html go.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.validate();
        PrintWriter console = spec.commandLine().getOut();
        try (StagedOutput files = new StagedOutput(out)) {
            Training training = options.training();
            List<Contestant> contestants = new ArrayList<>();
            for (BlockKind kind : BlockKind.values()) {
                contestants.add(training.run(kind));
            }
            for (Contestant contestant : contestants) {
                save(contestant.trained().graph(), files.file(contestant.name() + "/model.zip"));
                save(contestant.fused().graph(), files.file(contestant.name() + "/fused.zip"));
            }
            Metrics.write(files.file("metrics.json"), contestants);
            new Report(training.data(), contestants, training.seed()).write(files.file("report.html"));
            files.publish();
            console.println();
            console.println(table(contestants));
            console.println(
                    "Report: " + out.resolve("report.html").toAbsolutePath().normalize());
        }
        return 0;
    }

    private static void save(ComputationGraph graph, Path file) throws IOException {
        ModelSerializer.writeModel(graph, file.toFile(), true);
    }

    private static TextTable table(List<Contestant> contestants) {
        TextTable table = new TextTable(
                "network",
                "accuracy",
                "fused",
                "parameters",
                "fused",
                "multiply-adds",
                "fused",
                "ms/image",
                "fused",
                "largest difference");
        for (Contestant contestant : contestants) {
            Measured trained = contestant.trained();
            Measured fused = contestant.fused();
            table.row(
                    contestant.name(),
                    decimal(trained.answers().accuracy()),
                    decimal(fused.answers().accuracy()),
                    trained.parameters(),
                    fused.parameters(),
                    trained.multiplyAdds(),
                    fused.multiplyAdds(),
                    decimal(trained.millisPerImage()),
                    decimal(fused.millisPerImage()),
                    String.format(Locale.ROOT, "%.1e", contestant.largestDifference()));
        }
        return table;
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
