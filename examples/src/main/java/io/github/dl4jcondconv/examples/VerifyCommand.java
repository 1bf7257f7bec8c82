package io.github.dl4jcondconv.examples;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv verify}: whether an ONNX file answers as its model does. */
@Command(
        name = "verify",
        description =
                "Run an ONNX file in ONNX Runtime and a model in DL4J on the same images, and compare the answers.")
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL.zip", description = "A ComputationGraph saved by DL4J's ModelSerializer.")
    private Path model;

    @Parameters(paramLabel = "FILE.onnx", description = "The file made of it.")
    private Path file;

    @Parameters(paramLabel = "DIR", description = "Images, as <class>/* or val/<class>/*.")
    private Path images;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Agreement agreement = Agreement.of(ModelFiles.read(model), file, images);
        spec.commandLine().getOut().println(agreement);
        if (!agreement.holds()) {
            spec.commandLine().getErr().println(spec.qualifiedName() + ": " + agreement.complaint(file));
            return ExitCode.SOFTWARE;
        }
        return ExitCode.OK;
    }
}
