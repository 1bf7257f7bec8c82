package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** {@code condconv export} and {@code condconv verify}. */
class ExportCommandTest {

    @TempDir
    Path directory;

    @TempDir
    Path imageDirectory;

    private Path model;
    private Path onnx;

    @BeforeEach
    void saveModel() throws IOException {
        model = TinyModel.save(directory.resolve("model.zip"));
        onnx = directory.resolve("model.onnx");
        SmallImages.copy(imageDirectory, 1, 2, "bag", "coat");
    }

    @Test
    void theFileIsWrittenAndListed() {
        Cli cli = export();
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains(onnx.toString());
        assertThat(onnx).isNotEmptyFile();
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void theFusedFileAnswersAsTheUnfusedModel(CNN2DFormat format) throws IOException {
        TinyModel.save(model, format, 1);
        Cli cli = export("--fuse", "--verify", imageDirectory.toString());
        assertThat(cli.err()).isEmpty();
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains("conv + norm", "1x28x28", "identical");
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void theSizeOfTheImagesCanBeFixed(CNN2DFormat format) throws IOException {
        TinyModel.save(model, format, 1);
        Cli cli = export("--input", "1x20x24", "--verify", imageDirectory.toString());
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out()).contains("1x20x24", "identical");
    }

    @Test
    void theFolderOfTheClassesServesAsWell() {
        Cli cli = export("--verify", imageDirectory.resolve("val").toString());
        assertThat(cli.exitCode()).isZero();
        assertThat(onnx).exists();
    }

    @Test
    void theJsonHasFusionAndVerification() throws IOException {
        Path json = directory.resolve("export.json");
        export("--fuse", "--verify", imageDirectory.toString(), "--json", json.toString());
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.at("/bytes").asLong()).isEqualTo(Files.size(onnx));
        assertThat(report.at("/fusion/after/layers").asInt()).isEqualTo(5);
        assertThat(report.at("/verification/images").asInt()).isEqualTo(4);
        assertThat(report.at("/verification/max_rel_diff").asDouble(Double.NaN)).isLessThan(Agreement.TOLERANCE);
        assertThat(report.at("/verification/identical_predictions").asBoolean()).isTrue();
    }

    @Test
    void anExistingFileIsRefusedAndUntouched() throws IOException {
        Files.writeString(onnx, "mine");
        assertOneLine(export(), 2, onnx + " exists; --force replaces it");
        assertThat(onnx).hasContent("mine");
    }

    @Test
    void forceReplacesAnExistingFile() throws IOException {
        Files.writeString(onnx, "mine");
        assertThat(export("--force").exitCode()).isZero();
        assertThat(Files.size(onnx)).isGreaterThan(4);
    }

    @Test
    void aMissingImageFolderLeavesNothingBehind() throws IOException {
        Path missing = directory.resolve("images");
        assertOneLine(export("--verify", missing.toString()), 2, "image folder " + missing + " does not exist");
        assertOnlyTheModel();
    }

    @Test
    void aModelWithNaNLeavesNothingBehind() throws IOException {
        ComputationGraph graph = ModelFiles.read(model);
        graph.getLayer("conv").getParam("W").putScalar(0, Float.NaN);
        graph.save(model.toFile());
        assertOneLine(export(), 2, "conv");
        assertOnlyTheModel();
    }

    @Test
    void aRecurrentModelLeavesNothingBehind() throws IOException {
        TinyModel.saveRecurrent(model);
        assertOneLine(export(), 2, "LSTM");
        assertOnlyTheModel();
    }

    @Test
    void aSampledModelIsExportedAndVerifiedInItsDeterministicForm() throws IOException {
        TinyModel.saveSampled(model);
        assertOneLine(export(), 2, "SAMPLED");
        assertThat(export("--deterministic").exitCode()).isZero();
        assertThat(Cli.run("verify", model.toString(), onnx.toString(), imageDirectory.toString(), "--deterministic")
                        .exitCode())
                .isZero();
    }

    @Test
    void aMultiLayerNetworkIsFusedExportedAndVerified() throws IOException {
        TinyModel.saveMultiLayerNetwork(model);
        Cli cli = export("--fuse", "--verify", imageDirectory.toString());
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out()).contains("MultiLayerNetwork", "0 + 1", "identical");
    }

    /** Three kinds of blocks in single precision: rounding is far below the tolerance, a frozen batch size fails. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 32})
    void oneFileServesBatchesOfEverySize(int images) {
        export("--fuse");
        INDArray batch = Nd4j.rand(DataType.FLOAT, images, 1, 28, 28);
        AnswerGap gap = new AnswerGap();
        try (OnnxModel served = new OnnxModel(onnx)) {
            gap.add(ModelFiles.read(model).outputSingle(batch), served.output(batch, List.of("class"))[0]);
        }
        assertThat(gap.relative()).isLessThan(Agreement.TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"28x28", "1x0x28", "many", "1x28x28x1"})
    void aSizeIsThreePositiveNumbers(String size) {
        assertOneLine(export("--input", size), 2, "image size \"" + size + "\"");
    }

    @Test
    void aSizeOfOtherChannelsIsRefused() {
        assertOneLine(export("--input", "3x28x28"), 2, "channels");
    }

    @Test
    void verifyAcceptsTheFileOfTheModel() {
        export();
        assertThat(verify(onnx).exitCode()).isZero();
    }

    @Test
    void verifyWritesItsFiguresAsJson() throws IOException {
        export();
        Path json = directory.resolve("verify.json");
        Cli.run("verify", model.toString(), onnx.toString(), imageDirectory.toString(), "--json", json.toString());
        JsonNode figures = new ObjectMapper().readTree(json.toFile());
        assertThat(figures.at("/images").asInt()).isEqualTo(4);
        assertThat(figures.at("/max_rel_diff").asDouble(Double.NaN)).isLessThan(Agreement.TOLERANCE);
    }

    @Test
    void verifyTellsTheFileOfAnotherModel() throws IOException {
        export();
        TinyModel.save(model, CNN2DFormat.NCHW, 2);
        assertOneLine(verify(onnx), 1, onnx + " does not answer as the network: the largest difference is ");
    }

    @Test
    void verifyRefusesWhatIsNoOnnxFile() throws IOException {
        Files.writeString(onnx, "not a model");
        assertOneLine(verify(onnx), 2, onnx + " is no model that ONNX Runtime can load");
    }

    @Test
    void verifyNamesAMissingFile() {
        assertOneLine(verify(onnx), 2, "ONNX file " + onnx + " does not exist");
    }

    private Cli export(String... options) {
        String[] command = {"export", model.toString(), onnx.toString()};
        return Cli.run(Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
    }

    private Cli verify(Path file) {
        return Cli.run("verify", model.toString(), file.toString(), imageDirectory.toString());
    }

    private void assertOnlyTheModel() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(model);
        }
    }

    private static void assertOneLine(Cli cli, int exitCode, String expected) {
        assertThat(cli.err().lines()).singleElement().asString().contains(expected);
        assertThat(cli.exitCode()).isEqualTo(exitCode);
    }
}
