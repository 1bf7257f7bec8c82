package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.onednn.BackendReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code condconv backend}: which code computes. */
@Command(
        name = "backend",
        description = "Say in one line which code computes networks here, and what to add to make it faster.")
final class BackendCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(BackendReport.line());
    }
}
