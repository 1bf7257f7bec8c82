package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.examples.bench.Benchmarks;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code condconv bench}: how fast this library is here. */
@Command(
        name = "bench",
        description = {
            "Time this library against stock DL4J, PyTorch and ONNX Runtime.",
            "PyTorch takes part if the build had -Ppeers."
        })
final class BenchCommand implements Callable<Integer> {

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the results to this file.")
    private Path json;

    @Option(
            names = "--suite",
            paramLabel = "NAME",
            split = ",",
            description = "Only these of the suites layers, net, sparse and deploy.")
    private Set<String> suites = Set.of();

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only comparisons whose name contains this text, such as condconv2d.")
    private String only;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "15",
            description = "Times are the median of this many; default ${DEFAULT-VALUE}.")
    private int repeat;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (repeat < 1) {
            throw new IllegalArgumentException("--repeat is " + repeat + ", allowed: at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        boolean allRan = new Benchmarks(suites, only, repeat, json).run(out);
        return allRan ? 0 : 1;
    }
}
