package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The demo on a handful of images, run twice with the same seed. */
class DemoCommandTest {

    private static final List<String> NETWORKS = List.of("plain", "acnet", "condconv", "weightnet", "se", "sampled");

    @TempDir
    static Path directory;

    private static Cli cli;
    private static Path out;
    private static Path again;

    @BeforeAll
    static void runTwice() throws IOException {
        Path data = SmallImages.copy(directory.resolve("data"), 10, 4, "bag", "coat", "sandal");
        out = directory.resolve("out");
        again = directory.resolve("again");
        cli = run(data, out);
        run(data, again);
    }

    private static Cli run(Path data, Path out) {
        return Cli.run("demo", "--data", data.toString(), "--out", out.toString(), "--seed", "3", "--epochs", "2");
    }

    @Test
    void itSucceedsWithoutAWordOnTheErrorStream() {
        assertThat(cli.err()).isEmpty();
        assertThat(cli.exitCode()).isZero();
    }

    @Test
    void itPrintsARowForEachNetworkAndThePathOfTheReport() {
        assertThat(cli.out()).contains(NETWORKS).contains("Report: " + out.resolve("report.html"));
    }

    @Test
    void itLeavesModelsFiguresAndReportAndNothingElse() throws IOException {
        Stream<String> models =
                NETWORKS.stream().flatMap(network -> Stream.of(network + "/model.zip", network + "/fused.zip"));
        assertThat(files(out))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(models, Stream.of("metrics.json", "report.html"))
                        .toList());
        assertThat(files(directory)).noneMatch(file -> file.contains(".condconv-"));
    }

    @Test
    void everyRowOfTheMetricsHasTheFiguresOfItsNetwork() throws IOException {
        JsonNode rows = rows(out);
        assertThat(rows.findValuesAsText("name")).isEqualTo(NETWORKS);
        for (JsonNode row : rows) {
            assertThat(row.fieldNames())
                    .toIterable()
                    .contains(
                            "accuracy",
                            "accuracy_fused",
                            "max_abs_diff",
                            "params",
                            "params_fused",
                            "macs",
                            "macs_fused",
                            "seconds");
        }
    }

    @Test
    void theSameSeedGivesTheSameFigures() throws IOException {
        assertThat(figures(again)).isEqualTo(figures(out));
    }

    @Test
    void fusionLeavesThePlainAndTheAsymmetricNetworkWithAsManyParameters() throws IOException {
        JsonNode rows = rows(out);
        assertThat(rows.get(1).get("params_fused")).isEqualTo(rows.get(0).get("params_fused"));
    }

    @Test
    void fusedPlainAndAsymmetricModelsAreMadeOfStockLayers() {
        for (String network : List.of("plain", "acnet")) {
            ComputationGraph fused = ModelFiles.read(out.resolve(network + "/fused.zip"));
            assertThat(Arrays.stream(fused.getLayers())
                            .map(layer -> layer.conf().getLayer().getClass().getPackageName()))
                    .allMatch(name -> name.startsWith("org.deeplearning4j."));
        }
    }

    @Test
    void theReportNeedsNoOtherFile() throws IOException {
        String report = Files.readString(out.resolve("report.html"));
        assertThat(report).doesNotContainPattern("(src|href)=\"(?!data:)").doesNotContain("@import", "url(");
    }

    @Test
    void theReportHasCurvesRoutingWeightsAndImages() throws IOException {
        String report = Files.readString(out.resolve("report.html"));
        assertThat(report.split("<svg")).hasSize(1 + 2);
        assertThat(report.split("<table class=\"heat\"")).hasSize(1 + 2);
        assertThat(report.split("<figure")).hasSize(1 + 3 * 4);
    }

    @Test
    void theReportShowsAnImageOfEachClassUnderEveryMask() throws IOException {
        String report = Files.readString(out.resolve("report.html"));
        String masks = report.substring(report.indexOf("<div class=\"masks\">"));
        assertThat(masks.substring(0, masks.indexOf("</div>")).split("<img")).hasSize(1 + 3);
    }

    @Test
    void theSampledNetworksDensitiesAreAmongItsFigures() throws IOException {
        assertThat(rows(out).get(NETWORKS.indexOf("sampled")).get("density").fieldNames())
                .toIterable()
                .containsExactly("sampled2");
    }

    private static JsonNode rows(Path out) throws IOException {
        return new ObjectMapper().readTree(out.resolve("metrics.json").toFile()).get("rows");
    }

    /** Everything but times. */
    private static List<Map<String, JsonNode>> figures(Path out) throws IOException {
        List<String> times = List.of("seconds", "ms_per_image", "ms_per_image_fused");
        Stream.Builder<Map<String, JsonNode>> figures = Stream.builder();
        for (JsonNode row : rows(out)) {
            Map<String, JsonNode> figuresOfRow = new HashMap<>();
            row.fields().forEachRemaining(field -> figuresOfRow.put(field.getKey(), field.getValue()));
            figuresOfRow.keySet().removeAll(times);
            figures.add(figuresOfRow);
        }
        return figures.build().toList();
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }
}
