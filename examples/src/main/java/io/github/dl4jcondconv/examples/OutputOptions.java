package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import picocli.CommandLine.Option;

/** What the commands that make a file of a model have in common. */
final class OutputOptions {

    @Option(names = "--force", description = "Replace files that exist.")
    private boolean force;

    @Option(names = "--json", paramLabel = "FILE", description = "Write what was done to this file, too.")
    private Path json;

    /** The files of one run, empty yet. */
    OutputFiles files() {
        return new OutputFiles(force);
    }

    /** Reserves the place of the JSON file, if one is wanted; null if not. */
    Path addJson(OutputFiles files) throws IOException {
        return json == null ? null : files.add(json);
    }

    /** Writes values to a file that {@link #addJson} gave. */
    static void writeJson(Path file, Map<String, ?> values) throws IOException {
        if (file != null) {
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), values);
        }
    }
}
