package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.examples.demo.SparsityRun;
import io.github.dl4jcondconv.examples.demo.Training;
import io.github.dl4jcondconv.examples.report.SparsityReport;
import io.github.dl4jcondconv.profile.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code condconv sparsity}: what the weight of the sparsity loss trades. */
@Command(
        name = "sparsity",
        description =
                "Train the demo's sampled network under several weights of its sparsity loss; list how many positions"
                        + " it then samples, and how accurate it is.",
        showDefaultValues = true)
final class SparsityCommand implements Callable<Integer> {

    @Option(
            names = "--weights",
            paramLabel = "W",
            split = ",",
            defaultValue = "0,0.1,0.3,1",
            description = "Weights of the loss, at least 0, separated by commas.")
    private List<Double> weights;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a page with the table and the masks, too.")
    private Path report;

    @Mixin
    private TrainingOptions options;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.validate();
        for (double weight : weights) {
            if (!(weight >= 0)) {
                throw new IllegalArgumentException("--weights must be at least 0, not " + weight);
            }
        }
        try (OutputFiles files = output.files()) {
            Path page = report == null ? null : files.add(report);
            Path json = output.addJson(files);
            Training training = options.training();
            List<SparsityRun> runs = new ArrayList<>();
            for (double weight : weights) {
                runs.add(new SparsityRun(weight, training.runSampled(weight)));
            }
            OutputOptions.writeJson(
                    json, Map.of("rows", runs.stream().map(SparsityCommand::row).toList()));
            if (page != null) {
                new SparsityReport(training.data(), runs).write(page);
            }
            files.publish();
            spec.commandLine().getOut().println();
            spec.commandLine().getOut().println(table(runs));
        }
        return 0;
    }

    private static Map<String, Object> row(SparsityRun run) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("weight", run.weight());
        row.put("density", run.density());
        row.put("density_by_mask", run.network().trained().densities());
        row.put("accuracy", run.network().trained().answers().accuracy());
        row.put("macs", run.network().trained().multiplyAdds());
        row.put("ms_per_image", run.network().trained().millisPerImage());
        row.put("seconds", run.network().seconds());
        return row;
    }

    private static TextTable table(List<SparsityRun> runs) {
        TextTable table = new TextTable("weight", "density", "accuracy", "multiply-adds", "ms/image");
        for (SparsityRun run : runs) {
            table.row(
                    run.weight(),
                    decimal(run.density()),
                    decimal(run.network().trained().answers().accuracy()),
                    run.network().trained().multiplyAdds(),
                    decimal(run.network().trained().millisPerImage()));
        }
        return table;
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
