package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.profile.Counting;
import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.zoo.Zoo;
import io.github.dl4jcondconv.zoo.ZooNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv summary}: what a network or a model file is made of, and what it costs. */
@Command(
        name = "summary",
        description = "List a network's layers with their parameters, outputs and multiply-adds. For a model file the"
                + " multiply-adds need --input.")
final class SummaryCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL|FILE.zip",
            description = "A network of the zoo by its name, such as resnet50, or a ComputationGraph saved by DL4J's"
                    + " ModelSerializer.")
    private String model;

    @Mixin
    private NetworkOptions network;

    @Option(
            names = "--density",
            paramLabel = "X",
            description = "Share of positions, 0 to 1, that masks sample; default 1.")
    private double density = 1;

    @Option(
            names = "--counting",
            paramLabel = "HOW",
            description =
                    "What is a multiply-add: paper (default) as the papers publish it, computed what this library does"
                            + " at inference, tensorflow with half of the element-wise operations, as the README of EfficientNet.")
    private HowToCount counting = HowToCount.paper;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OutputFiles files = options.files()) {
            Path json = options.addJson(files);
            NetworkSummary summary = Zoo.has(model) ? ofNetwork(network.network(model)) : ofFile();
            OutputOptions.writeJson(json, summary.json());
            files.publish();
            spec.commandLine().getOut().println(summary.table());
        }
        return 0;
    }

    /** The values as the command line spells them. */
    private enum HowToCount {
        paper(Counting.PAPER),
        computed(Counting.STANDARD),
        tensorflow(Counting.TENSORFLOW);

        private final Counting counting;

        HowToCount(Counting counting) {
            this.counting = counting;
        }
    }

    private Counting counting() {
        return counting.counting.withDensity(density);
    }

    private NetworkSummary ofNetwork(ZooNetwork built) {
        return NetworkSummary.of(GraphProfile.of(built.conf(), counting(), built.inputType()));
    }

    private NetworkSummary ofFile() {
        if (!Files.exists(Path.of(model)) && !model.endsWith(".zip")) {
            throw new IllegalArgumentException("there is neither a network nor a file \"" + model
                    + "\"; there are the networks " + String.join(", ", Zoo.names()));
        }
        network.requireNone(model);
        ComputationGraph graph = ModelFiles.read(Path.of(model));
        if (network.input() == null && !GraphProfile.isKnown(graph.getConfiguration())) {
            return NetworkSummary.of(graph);
        }
        InputType[] inputs = network.input() == null
                ? new InputType[0]
                : new InputType[] {network.input().inputTypeOf(graph)};
        return NetworkSummary.of(GraphProfile.of(graph.getConfiguration(), counting(), inputs));
    }
}
