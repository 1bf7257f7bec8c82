package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** {@code condconv dl4j-zoo}, on the smallest of its networks. */
class Dl4jZooCommandTest {

    @TempDir
    Path directory;

    @Test
    void aNetworkIsARowOfTheTable() {
        Cli cli = Cli.run("dl4j-zoo", "SimpleCNN");
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains("| SimpleCNN | 3x48x48 | 9 | 0 |");
    }

    @Test
    void theJsonHasTheDifferences() throws IOException {
        Path json = directory.resolve("zoo.json");
        Cli.run("dl4j-zoo", "LeNet", "--json", json.toString());
        JsonNode network = new ObjectMapper().readTree(json.toFile()).at("/networks/0");
        assertThat(network.at("/network").asText()).isEqualTo("LeNet");
        assertThat(network.at("/max_rel_diff/onnx").asDouble(Double.NaN)).isLessThan(Agreement.TOLERANCE);
    }

    @Test
    void anUnknownNetworkIsNamed() {
        Cli cli = Cli.run("dl4j-zoo", "ResNet51");
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err().lines())
                .singleElement()
                .asString()
                .contains("no network \"ResNet51\"; there are [LeNet, AlexNet,");
    }
}
