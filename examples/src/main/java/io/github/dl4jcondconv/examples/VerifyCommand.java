package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv verify}: whether an ONNX file answers as its model does. */
@Command(
        name = "verify",
        description =
                "Run an ONNX file in ONNX Runtime and a model in DL4J on the same images, and compare the answers.")
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL.zip", description = "A network saved by DL4J's ModelSerializer.")
    private Path model;

    @Parameters(paramLabel = "FILE.onnx", description = "The file made of it.")
    private Path file;

    @Parameters(paramLabel = "DIR", description = "Images, as <class>/* or val/<class>/*.")
    private Path images;

    @Mixin
    private DeterministicSampling sampling;

    @Mixin
    private AccelerationOption acceleration;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OutputFiles files = options.files()) {
            Path json = options.addJson(files);
            ModelFiles.Model given = ModelFiles.load(model);
            Agreement agreement = Agreement.of(acceleration.predicting(sampling.applyTo(given.graph())), file, images);
            spec.commandLine().getOut().println(given);
            spec.commandLine().getOut().println(agreement);
            OutputOptions.writeJson(json, agreement.toJson());
            files.publish();
            if (!agreement.holds()) {
                spec.commandLine().getErr().println(spec.qualifiedName() + ": " + agreement.complaint(file));
                return ExitCode.SOFTWARE;
            }
            return ExitCode.OK;
        }
    }
}
