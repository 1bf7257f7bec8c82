package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testdata.TestData;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java snippets, in their order, are one program; this test compiles and runs it. */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final String PROGRAM = """
            import io.github.dl4jcondconv.accel.CpuAcceleration;
            import io.github.dl4jcondconv.convert.Convert;
            import io.github.dl4jcondconv.export.OnnxExporter;
            import io.github.dl4jcondconv.fusion.*;
            import io.github.dl4jcondconv.layers.*;
            import io.github.dl4jcondconv.train.*;
            import io.github.dl4jcondconv.zoo.ResNet;
            import java.nio.file.Path;
            import org.deeplearning4j.nn.conf.*;
            import org.deeplearning4j.nn.conf.inputs.InputType;
            import org.deeplearning4j.nn.conf.layers.*;
            import org.deeplearning4j.nn.graph.ComputationGraph;
            import org.nd4j.evaluation.classification.Evaluation;
            import org.nd4j.linalg.activations.Activation;
            import org.nd4j.linalg.factory.Nd4j;
            import org.nd4j.linalg.learning.config.Adam;

            public class Snippets {
                public static double run(Path images, Path directory) throws Exception {
            %s
                    return verification.maxRelative();
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void everySnippetCompilesAndRunsAndItsFusedNetworkAnswersAsBefore() throws Exception {
        String readme = Files.readString(TestData.images().resolve("../../README.md"));
        String snippets = SNIPPET.matcher(readme)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.joining());
        Path source = Files.writeString(directory.resolve("Snippets.java"), PROGRAM.formatted(snippets));

        assertThat(compile(source)).isEmpty();

        assertThat((double) run()).isLessThan(1e-5);
        assertThat(directory.resolve("fused.zip")).exists();
        assertThat(directory.resolve("fused.onnx")).exists();
    }

    private String compile(Path source) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        var options = java.util.List.of("-d", directory.toString(), "-proc:none");
        var units = javac.getStandardFileManager(null, null, null).getJavaFileObjects(source);
        boolean compiled =
                javac.getTask(messages, null, null, options, null, units).call();
        return compiled ? "" : messages.toString();
    }

    private Object run() throws Exception {
        URL[] here = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(here, getClass().getClassLoader())) {
            return loader.loadClass("Snippets")
                    .getMethod("run", Path.class, Path.class)
                    .invoke(null, TestData.images(), directory);
        }
    }
}
