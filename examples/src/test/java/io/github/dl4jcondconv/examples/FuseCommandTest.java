package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class FuseCommandTest {

    @TempDir
    Path directory;

    private Path model;
    private Path fused;

    @BeforeEach
    void saveModel() throws IOException {
        model = TinyModel.save(directory.resolve("model.zip"));
        fused = directory.resolve("fused.zip");
    }

    /** Single precision through five layers, whose answers are at most 1. */
    @Test
    void theFusedModelAnswersAsTheGivenOne() {
        assertThat(fuse().exitCode()).isZero();
        INDArray images = Nd4j.rand(DataType.FLOAT, 3, 1, 28, 28);
        INDArray expected = ModelFiles.read(model).outputSingle(images.dup());
        assertThat(ModelFiles.read(fused)
                        .outputSingle(images)
                        .sub(expected)
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(1e-5);
    }

    @Test
    void theNormalisationIsGone() {
        fuse();
        ComputationGraph graph = ModelFiles.read(fused);
        assertThat(graph.getVertices()).hasSize(6); // the input, and five layers of six
    }

    @Test
    void whatWasFusedIsListed() {
        assertThat(fuse().out()).contains("conv + norm", "before", "after");
    }

    @Test
    void theJsonHasTheSizesBeforeAndAfter() throws IOException {
        Path json = directory.resolve("fused.json");
        fuse("--json", json.toString(), "--input", "1x28x28");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.at("/before/layers").asInt()).isEqualTo(6);
        assertThat(report.at("/after/layers").asInt()).isEqualTo(5);
        assertThat(report.at("/after/parameters").asLong())
                .isPositive()
                .isLessThan(report.at("/before/parameters").asLong());
        assertThat(report.at("/after/macs").asLong())
                .isPositive()
                .isLessThan(report.at("/before/macs").asLong());
        assertThat(report.at("/actions/0/from").size()).isPositive();
        assertThat(report.has("stayed")).isTrue();
    }

    @Test
    void anExistingFileIsRefusedAndUntouched() throws IOException {
        Files.writeString(fused, "mine");
        assertOneLine(fuse(), fused + " exists; --force replaces it");
        assertThat(fused).hasContent("mine");
    }

    @Test
    void forceReplacesAnExistingFile() throws IOException {
        Files.writeString(fused, "mine");
        assertThat(fuse("--force").exitCode()).isZero();
        assertThat(ModelFiles.read(fused).getNumLayers()).isEqualTo(5);
    }

    @Test
    void anExistingReportIsRefusedBeforeTheModelIsWritten() throws IOException {
        Path json = Files.writeString(directory.resolve("fused.json"), "mine");
        assertOneLine(fuse("--json", json.toString()), json + " exists; --force replaces it");
        assertThat(fused).doesNotExist();
        assertThat(json).hasContent("mine");
    }

    @Test
    void oneFileCannotTakeModelAndReport() {
        assertOneLine(fuse("--json", fused.toString()), fused + " is given for two files");
    }

    @Test
    void aModelWithNaNLeavesNothingBehind() throws IOException {
        ComputationGraph graph = ModelFiles.read(model);
        graph.getLayer("conv").getParam("W").putScalar(0, Float.NaN);
        graph.save(model.toFile());
        assertOneLine(fuse(), "vertex \"conv\": its parameter \"W\" holds values that are NaN");
        assertOnlyTheModel();
    }

    @Test
    void aMultiLayerNetworkIsFusedAsAGraph() throws IOException {
        TinyModel.saveMultiLayerNetwork(model);
        assertThat(fuse().out())
                .startsWith(model + " is a MultiLayerNetwork of 5 layers, taken as a ComputationGraph")
                .contains("0 + 1");
        assertThat(ModelFiles.read(fused).getNumLayers()).isEqualTo(4);
    }

    @Test
    void theKindOfTheFileIsSaid() {
        assertThat(fuse().out()).startsWith(model + " is a ComputationGraph of 6 layers" + System.lineSeparator());
    }

    @Test
    void aRecurrentModelLeavesNothingBehind() throws IOException {
        TinyModel.saveRecurrent(model);
        assertOneLine(fuse(), "vertex \"lstm\": LSTM is recurrent");
        assertOnlyTheModel();
    }

    @Test
    void aModelFileWithoutParametersLeavesNothingBehind() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(model)) {
            Files.delete(zip.getPath(ModelSerializer.COEFFICIENTS_BIN));
        }
        assertOneLine(fuse(), model + " is no DL4J network: it has no coefficients.bin");
        assertOnlyTheModel();
    }

    @Test
    void aMissingModelLeavesNothingBehind() throws IOException {
        Files.delete(model);
        assertOneLine(fuse("--force"), "model file " + model + " does not exist");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDirectoryIsNoTarget() throws IOException {
        Files.createDirectory(fused);
        assertOneLine(fuse("--force"), fused + " is a directory");
    }

    private Cli fuse(String... options) {
        String[] command = {"fuse", model.toString(), fused.toString()};
        return Cli.run(Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
    }

    private void assertOnlyTheModel() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(model);
        }
    }

    private static void assertOneLine(Cli cli, String expected) {
        assertThat(cli.err().lines()).singleElement().asString().contains(expected);
        assertThat(cli.exitCode()).isEqualTo(2);
    }
}
