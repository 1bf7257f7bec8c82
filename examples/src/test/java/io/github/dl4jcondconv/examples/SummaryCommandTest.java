package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class SummaryCommandTest {

    @TempDir
    Path directory;

    @Test
    void aModelIsListedLayerByLayer() throws IOException {
        Cli cli = Cli.run("summary", model().toString());
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains("conv (ConvolutionLayer)", "class (OutputLayer)");
    }

    /** A 3x3 convolution of 1 to 2 channels on 6x6 outputs, then 72 x 3 dense. */
    @Test
    void withTheSizeOfItsImagesTheMultiplyAddsAreCounted() throws IOException {
        Cli cli = Cli.run("summary", model().toString(), "--input", "1x8x8");
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains(String.valueOf(9 * 2 * 36), String.valueOf(72 * 3));
    }

    @Test
    void imagesThatDoNotFitAreRefused() throws IOException {
        assertOneLine(Cli.run("summary", model().toString(), "--input", "3x8x8"), "vertex \"conv\" reads 1 channels");
    }

    @Test
    void aSizeHasThreeNumbers() throws IOException {
        assertOneLine(
                Cli.run("summary", model().toString(), "--input", "8x8"),
                "image size \"8x8\" is not channels, height and width");
    }

    @Test
    void theJsonHasParametersAndMultiplyAdds() throws IOException {
        JsonNode json = json(model().toString(), "--input", "1x8x8");
        assertThat(json.get("params").asLong()).isEqualTo((9 * 2 + 2) + (72 * 3 + 3));
        assertThat(json.get("macs").asLong()).isEqualTo(9 * 2 * 36 + 72 * 3);
        assertThat(json.get("layers")).hasSize(2);
    }

    @Test
    void withoutTheSizeOfItsImagesTheMultiplyAddsAreUnknown() throws IOException {
        JsonNode json = json(model().toString());
        assertThat(json.get("macs").isNull()).isTrue();
        assertThat(json.get("params").asLong()).isEqualTo((9 * 2 + 2) + (72 * 3 + 3));
    }

    /** The official README's 24.0M, counted. */
    @Test
    void aNetworkIsANameAndItsOptions() throws IOException {
        JsonNode json = json("efficientnet-b0", "--block", "condconv", "--experts", "8");
        assertThat(json.get("params").asLong()).isEqualTo(24_013_284);
    }

    @ParameterizedTest
    @CsvSource({"paper, 407", "tensorflow, 413"})
    void multiplyAddsAreCountedAsAsked(String counting, long millions) throws IOException {
        JsonNode json = json("efficientnet-b0", "--block", "condconv", "--counting", counting);
        assertThat(Math.round(json.get("macs").asLong() / 1e6)).isEqualTo(millions);
    }

    @Test
    void theOptionsOfANetworkAreItsOwn() throws IOException {
        JsonNode json = json("mobilenetv1", "--width", "0.5", "--classes", "10", "--input", "3x64x64");
        assertThat(json.get("params").asLong()).isEqualTo(1_331_592 - 990 * 513);
    }

    @Test
    void anUnknownNetworkIsRefusedWithThoseThatThereAre() {
        assertOneLine(
                Cli.run("summary", "resnet19"), "neither a network nor a file \"resnet19\"; there are the networks");
    }

    @Test
    void aCombinationThatNoNetworkHasIsRefusedWithThoseThatThereAre() {
        assertOneLine(Cli.run("summary", "mobilenetv1", "--block", "acnet"), "mobilenetv1 (plain, condconv)");
    }

    @Test
    void anUnknownBlockIsRefused() {
        assertOneLine(
                Cli.run("summary", "resnet18", "--block", "magic"),
                "'magic' is none of [plain, condconv, weightnet, acnet, sampled]");
    }

    @Test
    void aWidthThatANetworkCannotHaveIsRefused() {
        assertOneLine(Cli.run("summary", "resnet18", "--width", "0.5"), "resnet18: width is 0.5, allowed: 1.0");
    }

    @Test
    void theOptionsOfANetworkAreNotForAFile() throws IOException {
        assertOneLine(
                Cli.run("summary", model().toString(), "--experts", "8"),
                "is a model file: --experts are for a network by its name");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("missing.zip");
        assertOneLine(Cli.run("summary", file.toString()), "model file " + file + " does not exist");
    }

    @Test
    void aTextFileIsNoModel() throws IOException {
        Path file = Files.writeString(directory.resolve("model.zip"), "not a model");
        assertOneLine(Cli.run("summary", file.toString()), file + " is no DL4J network: ");
    }

    @Test
    void anotherZipIsNoModel() throws IOException {
        Path file = directory.resolve("model.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("readme.txt"));
        }
        assertOneLine(Cli.run("summary", file.toString()), file + " is no DL4J network: it has no configuration.json");
    }

    @Test
    void aTruncatedModelIsNoModel() throws IOException {
        Path file = model();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertOneLine(Cli.run("summary", file.toString()), file + " is no DL4J network: ");
    }

    @Test
    void aConfigurationThatIsNotOneIsNoModel() throws IOException {
        Path file = directory.resolve("model.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String entry : new String[] {"configuration.json", "coefficients.bin"}) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write("{}".getBytes());
            }
        }
        assertOneLine(Cli.run("summary", file.toString()), file + " is no DL4J network: ");
    }

    private Path model() throws IOException {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 1))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(2).build(), "image")
                .addLayer(
                        "class",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "conv")
                .setOutputs("class")
                .build());
        graph.init();
        Path file = directory.resolve("graph.zip");
        graph.save(file.toFile());
        return file;
    }

    private JsonNode json(String... args) throws IOException {
        Path file = directory.resolve("summary.json");
        List<String> all = new ArrayList<>(List.of("summary"));
        all.addAll(List.of(args));
        all.addAll(List.of("--json", file.toString()));
        assertThat(Cli.run(all.toArray(String[]::new)).err()).isEmpty();
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void assertOneLine(Cli cli, String expected) {
        assertThat(cli.err().lines()).singleElement().asString().contains(expected);
        assertThat(cli.exitCode()).isEqualTo(2);
    }
}
