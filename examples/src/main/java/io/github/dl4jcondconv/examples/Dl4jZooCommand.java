package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv dl4j-zoo}: fusion and export of networks that others wrote. */
@Command(
        name = "dl4j-zoo",
        description = "Fuse and export the image networks of deeplearning4j-zoo, with random parameters and"
                + " running statistics, and print as a Markdown table how well they agree. All of them need"
                + " MAVEN_OPTS=-Xmx6g.")
final class Dl4jZooCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NETWORK", arity = "0..*", description = "Names such as ResNet50; default: all.")
    private List<String> names = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Of the random parameters; default ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Dl4jZooNetwork> networks = wanted();
        try (OutputFiles files = options.files()) {
            Path json = options.addJson(files);
            PrintWriter console = spec.commandLine().getOut();
            console.println("| network | input | BatchNorms | after | fused | ONNX | float itself | ms | fused | ONNX"
                    + " | fusion s | export s | ONNX MB |");
            console.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
            List<Dl4jZooRow> rows = new ArrayList<>();
            for (Dl4jZooNetwork network : networks) {
                rows.add(Dl4jZooRow.of(network, seed));
                console.println(markdown(rows.get(rows.size() - 1)));
            }
            console.println();
            rows.forEach(row -> row.reasons()
                    .forEach((reason, count) -> console.println(row.network() + ": " + count + " stay: " + reason)));
            OutputOptions.writeJson(
                    json,
                    Map.of(
                            "seed",
                            seed,
                            "networks",
                            rows.stream().map(Dl4jZooRow::toJson).toList()));
            files.publish();
            return rows.stream().allMatch(Dl4jZooRow::holds) ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private List<Dl4jZooNetwork> wanted() {
        List<Dl4jZooNetwork> all = Dl4jZooNetwork.all();
        List<String> known = all.stream().map(Dl4jZooNetwork::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no network \"" + name + "\"; there are " + known);
            }
        }
        return all.stream()
                .filter(network -> names.isEmpty() || names.contains(network.name()))
                .toList();
    }

    private static String markdown(Dl4jZooRow row) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %.1e | %.1e | %.1e | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |",
                row.network(),
                row.input(),
                row.normalisations(),
                row.left(),
                row.fused(),
                row.onnx(),
                row.rounding(),
                row.millis(),
                row.fusedMillis(),
                row.onnxMillis(),
                row.fusionSeconds(),
                row.exportSeconds(),
                row.bytes() / 1e6);
    }
}
