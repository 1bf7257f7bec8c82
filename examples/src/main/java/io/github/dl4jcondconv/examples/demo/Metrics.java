package io.github.dl4jcondconv.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The demo's figures as {@code {"rows": [...]}}, one row a network, for programs to read. */
public final class Metrics {

    private Metrics() {}

    /** Writes the figures to a file. */
    public static void write(Path file, List<Contestant> contestants) throws IOException {
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(
                        file.toFile(),
                        Map.of("rows", contestants.stream().map(Metrics::row).toList()));
    }

    private static Map<String, Object> row(Contestant contestant) {
        Measured trained = contestant.trained();
        Measured fused = contestant.fused();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", contestant.name());
        row.put("accuracy", trained.answers().accuracy());
        row.put("accuracy_fused", fused.answers().accuracy());
        row.put("max_abs_diff", contestant.largestDifference());
        row.put("params", trained.parameters());
        row.put("params_fused", fused.parameters());
        row.put("macs", trained.multiplyAdds());
        row.put("macs_fused", fused.multiplyAdds());
        if (!trained.densities().isEmpty()) {
            row.put("density", trained.densities());
        }
        row.put("seconds", contestant.seconds());
        row.put("ms_per_image", trained.millisPerImage());
        row.put("ms_per_image_fused", fused.millisPerImage());
        row.put("loss_by_epoch", contestant.curve().loss());
        row.put("accuracy_by_epoch", contestant.curve().accuracy());
        return row;
    }
}
