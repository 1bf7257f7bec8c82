package io.github.dl4jcondconv.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.TensorInfo;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.StringStringEntryProto;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

class OnnxFileTest {
    @TempDir
    Path directory;

    private static ComputationGraph network(CNN2DFormat format) {
        return Graphs.init(new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .addLayer(
                        "conv",
                        new ConvolutionLayer.Builder(3, 3)
                                .nIn(2)
                                .nOut(4)
                                .stride(2, 2)
                                .dataFormat(format)
                                .activation(Activation.RELU)
                                .build(),
                        "image")
                .addLayer(
                        "norm",
                        new BatchNormalization.Builder()
                                .nOut(4)
                                .dataFormat(format)
                                .build(),
                        "conv")
                .addLayer("drop", new DropoutLayer(0.5), "norm")
                .addLayer(
                        "pool",
                        new GlobalPoolingLayer.Builder(PoolingType.AVG)
                                .poolingDimensions(format == CNN2DFormat.NCHW ? new int[] {2, 3} : new int[] {1, 2})
                                .build(),
                        "drop")
                .addLayer("classes", new OutputLayer.Builder().nIn(4).nOut(3).build(), "pool")
                .setOutputs("classes"));
    }

    private Path export(ComputationGraph graph, OnnxOptions options) throws Exception {
        Path file = directory.resolve("model.onnx");
        OnnxExporter.export(graph, file, options);
        return file;
    }

    private ModelProto read(ComputationGraph graph) throws Exception {
        try (InputStream in = Files.newInputStream(export(graph, OnnxOptions.DEFAULT))) {
            return ModelProto.parseFrom(in);
        }
    }

    private static Map<String, String> metadata(ModelProto model) {
        return model.getMetadataPropsList().stream()
                .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    }

    @Test
    void asksForOpset13() throws Exception {
        assertThat(read(network(CNN2DFormat.NCHW)).getOpsetImport(0).getVersion())
                .isEqualTo(13);
    }

    @Test
    void hasIrVersion7() throws Exception {
        assertThat(read(network(CNN2DFormat.NCHW)).getIrVersion()).isEqualTo(7);
    }

    @Test
    void everyVertexIsANodeAndATensor() throws Exception {
        assertThat(read(network(CNN2DFormat.NHWC)).getGraph().getNodeList())
                .filteredOn(node -> node.getOutputList().contains(node.getName()))
                .extracting(NodeProto::getName)
                .contains("conv", "norm", "drop", "pool", "classes");
    }

    @Test
    void imagesOfAGraphWithoutInputTypesAreNchw() throws Exception {
        ComputationGraph graph =
                Graphs.of(new SqueezeExcitation.Builder().nIn(32).build());
        assertThat(read(graph)
                        .getGraph()
                        .getInput(0)
                        .getType()
                        .getTensorType()
                        .getShape()
                        .getDim(1)
                        .getDimValue())
                .isEqualTo(32);
    }

    @Test
    void metadataTellsWhereTheModelComesFrom() throws Exception {
        assertThat(metadata(read(network(CNN2DFormat.NCHW))))
                .containsEntry("deeplearning4j", "1.0.0-M2.1")
                .containsKeys("producer", "source.sha256");
    }

    @Test
    void theProducerHasAVersion() throws Exception {
        assertThat(metadata(read(network(CNN2DFormat.NCHW))).get("producer")).matches("dl4j-condconv \\d+\\..*");
    }

    @Test
    void theHashDependsOnTheParameters() throws Exception {
        ComputationGraph graph = network(CNN2DFormat.NCHW);
        String before = Provenance.of(graph).get("source.sha256");
        graph.getLayer("conv").getParam("b").putScalar(0, 0.5);
        assertThat(Provenance.of(graph).get("source.sha256")).isNotEqualTo(before);
    }

    @Test
    void theHashDependsOnTheConfiguration() throws Exception {
        assertThat(Provenance.of(network(CNN2DFormat.NCHW)).get("source.sha256"))
                .isNotEqualTo(Provenance.of(network(CNN2DFormat.NHWC)).get("source.sha256"));
    }

    @Test
    void exportIsRepeatable() throws Exception {
        ComputationGraph graph = network(CNN2DFormat.NCHW);
        byte[] first = Files.readAllBytes(export(graph, OnnxOptions.DEFAULT));
        byte[] second = Files.readAllBytes(export(graph, OnnxOptions.DEFAULT.withOverwrite(true)));
        assertThat(second).isEqualTo(first);
    }

    @Test
    void exportLeavesTheGraphAsItWas() throws Exception {
        ComputationGraph graph = network(CNN2DFormat.NHWC);
        Map<String, String> before = Provenance.of(graph);
        export(graph, OnnxOptions.DEFAULT);
        assertThat(Provenance.of(graph)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2,9,7,2,12,5", "NHWC,9,7,2,12,5,2"})
    void oneFileServesEverySize(CNN2DFormat format, int a, int b, int c, int d, int e, int f) throws Exception {
        ComputationGraph graph = network(format);
        try (OnnxModel model = new OnnxModel(export(graph, OnnxOptions.DEFAULT))) {
            INDArray[] small = Agreement.examples(1, 1, a, b, c);
            INDArray[] large = Agreement.examples(32, 1, d, e, f);
            assertThat(Math.max(Agreement.difference(graph, model, small), Agreement.difference(graph, model, large)))
                    .isLessThan(Agreement.TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({"NCHW,2,-1,-1", "NHWC,-1,-1,2"})
    void batchHeightAndWidthAreOpen(CNN2DFormat format, long first, long second, long third) throws Exception {
        try (OnnxModel model = new OnnxModel(export(network(format), OnnxOptions.DEFAULT))) {
            TensorInfo info =
                    (TensorInfo) model.session().getInputInfo().get("image").getInfo();
            assertThat(info.getShape()).containsExactly(-1, first, second, third);
        }
    }

    @Test
    void aGivenTypeFixesHeightAndWidth() throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withInputType("image", InputType.convolutional(9, 7, 2));
        try (OnnxModel model = new OnnxModel(export(network(CNN2DFormat.NCHW), options))) {
            TensorInfo info =
                    (TensorInfo) model.session().getInputInfo().get("image").getInfo();
            assertThat(info.getShape()).containsExactly(-1, 2, 9, 7);
        }
    }

    @Test
    void theOutputTellsItsClasses() throws Exception {
        try (OnnxModel model = new OnnxModel(export(network(CNN2DFormat.NCHW), OnnxOptions.DEFAULT))) {
            TensorInfo info =
                    (TensorInfo) model.session().getOutputInfo().get("classes").getInfo();
            assertThat(info.getShape()).containsExactly(-1, 3);
        }
    }

    @Test
    void aFlatInputCanBeAskedFor() throws Exception {
        ComputationGraph graph = Graphs.init(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutionalFlat(6, 5, 2))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "image")
                .setOutputs("conv"));
        OnnxOptions options = OnnxOptions.DEFAULT.withInputType("image", InputType.convolutionalFlat(6, 5, 2));
        try (OnnxModel model = new OnnxModel(export(graph, options))) {
            assertThat(Agreement.difference(graph, model, Agreement.examples(3, 1, 60)))
                    .isLessThan(Agreement.TOLERANCE);
        }
    }

    @Test
    void theReportCountsWhatWasWritten() throws Exception {
        Path file = directory.resolve("report.onnx");
        ExportReport report = OnnxExporter.export(network(CNN2DFormat.NCHW), file);
        assertThat(report)
                .extracting(ExportReport::file, ExportReport::bytes, ExportReport::vertices)
                .containsExactly(file, Files.size(file), 6);
    }
}
