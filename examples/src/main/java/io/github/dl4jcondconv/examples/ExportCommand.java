package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.export.ExportReport;
import io.github.dl4jcondconv.export.OnnxExporter;
import io.github.dl4jcondconv.export.OnnxOptions;
import io.github.dl4jcondconv.fusion.FusionResult;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.profile.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code condconv export}: a model for other runtimes. */
@Command(name = "export", description = "Write a trained model as ONNX.")
final class ExportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "IN.zip", description = "A network saved by DL4J's ModelSerializer.")
    private Path in;

    @Parameters(paramLabel = "OUT.onnx", description = "Where the ONNX file goes.")
    private Path out;

    @Option(names = "--fuse", description = "Fuse the model first, as the command fuse does.")
    private boolean fuse;

    @Option(
            names = "--input",
            paramLabel = "CxHxW",
            converter = ImageSizeConverter.class,
            description = "Fix the size of the images, such as 3x224x224; without it height and width stay open.")
    private ImageSize input;

    @Option(
            names = "--verify",
            paramLabel = "DIR",
            description = "Compare the file in ONNX Runtime with the unfused model on these images, <class>/* or"
                    + " val/<class>/*; nothing is written if they disagree.")
    private Path images;

    @Mixin
    private DeterministicSampling sampling;

    @Mixin
    private OutputOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OutputFiles files = options.files()) {
            files.add(out);
            Path json = options.addJson(files);
            ModelFiles.Model model = ModelFiles.load(in);
            spec.commandLine().getOut().println(model);
            ComputationGraph given = sampling.applyTo(model.graph());
            FusionResult fusion = fuse ? fuse(given) : null;
            OnnxOptions onnx = onnxOptions(given);
            ExportReport export =
                    files.write(out, file -> OnnxExporter.export(fuse ? fusion.graph() : given, file, onnx));
            Agreement agreement = images == null ? null : Agreement.of(given, export.file(), images);
            print(fusion, export, agreement);
            if (agreement != null && !agreement.holds()) {
                spec.commandLine().getErr().println(spec.qualifiedName() + ": " + agreement.complaint(out));
                return ExitCode.SOFTWARE;
            }
            OutputOptions.writeJson(json, json(fusion, export, agreement));
            files.publish();
        }
        return ExitCode.OK;
    }

    private FusionResult fuse(ComputationGraph graph) {
        return input == null ? GraphFuser.fuse(graph) : GraphFuser.fuse(graph, input.inputTypeOf(graph));
    }

    private OnnxOptions onnxOptions(ComputationGraph graph) {
        return input == null
                ? OnnxOptions.DEFAULT
                : OnnxOptions.DEFAULT.withInputType(
                        graph.getConfiguration().getNetworkInputs().get(0), input.inputTypeOf(graph));
    }

    private void print(FusionResult fusion, ExportReport export, Agreement agreement) {
        PrintWriter console = spec.commandLine().getOut();
        if (fusion != null) {
            console.println(fusion.report());
        }
        console.println(new TextTable("file", "bytes", "vertices", "nodes", "seconds")
                .row(
                        out,
                        export.bytes(),
                        export.vertices(),
                        export.nodes(),
                        String.format(Locale.ROOT, "%.2f", export.seconds())));
        if (agreement != null) {
            console.println(agreement);
        }
    }

    private Map<String, Object> json(FusionResult fusion, ExportReport export, Agreement agreement) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("file", out.toString());
        values.put("bytes", export.bytes());
        values.put("vertices", export.vertices());
        values.put("nodes", export.nodes());
        values.put("seconds", export.seconds());
        if (fusion != null) {
            values.put("fusion", FusionJson.of(fusion.report()));
        }
        if (agreement != null) {
            values.put("verification", agreement.toJson());
        }
        return values;
    }
}
