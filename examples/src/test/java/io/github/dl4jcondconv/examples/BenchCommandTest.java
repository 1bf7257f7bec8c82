package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** {@code condconv bench}, on its smallest comparison and without rivals that only the profile peers brings. */
class BenchCommandTest {
    private static final String SMALLEST = "condconv2d (32,512,7,1)";

    private static Cli cli;
    private static JsonNode results;

    @BeforeAll
    static void measure(@TempDir Path directory) throws IOException {
        Path json = directory.resolve("bench.json");
        cli = Cli.run("bench", "--suite", "layers", "--only", SMALLEST, "--repeat", "1", "--json", json.toString());
        results = new ObjectMapper().readTree(json.toFile());
    }

    @Test
    void aComparisonIsARowOfTheTable() {
        assertThat(cli.out().lines())
                .anyMatch(line -> line.matches("layers +\\Qcondconv2d (32,512,7,1)\\E +[0-9.]+ .*"));
    }

    @Test
    void allAreAgreedAndDone() {
        assertThat(cli.exitCode()).isZero();
    }

    @Test
    void theJsonIsAListOfTheComparisonsThatRan() {
        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.get("suite").asText()).isEqualTo("layers");
            assertThat(result.get("name").asText()).isEqualTo(SMALLEST);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours_ms", "baseline_ms", "ours_to_baseline"})
    void whatRanIsANumber(String field) {
        assertThat(results.get(0).get(field).asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stock_dl4j_ms",
                "pytorch_ms",
                "onnxruntime_ms",
                "ours_to_stock_dl4j",
                "ours_to_pytorch",
                "ours_to_onnxruntime"
            })
    void whatHasNoRivalIsNull(String field) {
        assertThat(results.get(0).get(field).isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--suite,  all,              'there is no suite \"all\"; there are [deploy, layers, net, sparse]'",
        "--only,   lstm,             'no comparison''s name contains \"lstm\"'",
        "--repeat, 0,                '--repeat is 0, allowed: at least 1'",
        "--json,   nowhere/out.json, 'cannot write nowhere/out.json'"
    })
    void aWrongOptionIsToldBeforeAnythingIsMeasured(String option, String value, String expected) {
        Cli wrong = Cli.run("bench", option, value);
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err().strip()).isEqualTo("condconv bench: " + expected);
    }
}
