package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The table of weights on a handful of images. */
class SparsityCommandTest {

    @TempDir
    static Path directory;

    private static Path data;
    private static Path json;
    private static Path report;
    private static Cli cli;

    @BeforeAll
    static void run() throws IOException {
        data = SmallImages.copy(directory.resolve("data"), 40, 4, "bag", "coat", "sandal");
        json = directory.resolve("sparsity.json");
        report = directory.resolve("sparsity.html");
        cli = Cli.run(
                "sparsity", "--data=" + data, "--epochs=10", "--weights=0,20", "--json=" + json, "--report=" + report);
    }

    private static List<Double> figures(String field) throws IOException {
        JsonNode rows = new ObjectMapper().readTree(json.toFile()).get("rows");
        return Stream.of(rows.get(0), rows.get(1))
                .map(row -> row.get(field).asDouble())
                .toList();
    }

    @Test
    void itSucceedsWithoutAWordOnTheErrorStream() {
        assertThat(cli.err()).isEmpty();
        assertThat(cli.exitCode()).isZero();
    }

    @Test
    void itPrintsARowForEachWeight() {
        assertThat(cli.out().lines().map(String::strip))
                .anyMatch(line -> line.matches("20\\.0 +0\\.\\d+ +[01]\\.\\d+ .*"));
    }

    @Test
    void theHeavierLossSamplesFewerPositions() throws IOException {
        List<Double> densities = figures("density");
        assertThat(densities.get(1)).isLessThan(densities.get(0));
    }

    @Test
    void everyRowHasItsWeight() throws IOException {
        assertThat(figures("weight")).containsExactly(0.0, 20.0);
    }

    @Test
    void theReportShowsTheMasksOfEachWeight() throws IOException {
        assertThat(Files.readString(report).split("<div class=\"masks\">")).hasSize(1 + 2);
    }

    @Test
    void aNegativeWeightIsRejectedBeforeAnythingIsTrained() {
        Cli bad = Cli.run("sparsity", "--data=" + data, "--weights=0,-1");
        assertThat(bad.err())
                .isEqualToNormalizingNewlines("condconv sparsity: --weights must be at least 0, not -1.0\n");
        assertThat(bad.exitCode()).isEqualTo(2);
    }

    @Test
    void aReportThatExistsIsKept() throws IOException {
        Path existing = Files.createFile(directory.resolve("kept.html"));
        Cli bad = Cli.run("sparsity", "--data=" + data, "--report=" + existing);
        assertThat(bad.err()).startsWith("condconv sparsity: " + existing + " exists; --force replaces it");
    }
}
