package io.github.dl4jcondconv.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import io.github.dl4jcondconv.testdata.GoldenCase;
import io.github.dl4jcondconv.testdata.Tensor;
import io.github.dl4jcondconv.testdata.TestData;
import io.github.dl4jcondconv.testing.NdArrayAssert;
import io.github.dl4jcondconv.testing.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class WeightImporterTest {
    private static final InputType IMAGE = InputType.convolutional(6, 5, 4);

    @TempDir
    private Path directory;

    @Test
    void aResidualBlockAnswersAsLibtorch() throws IOException {
        assertAnswersAsLibtorch("torchvision-basic-block", g -> {
            String first = norm(g, conv(g, "layer2.0.conv1", 3, 2, 6, "input"), "layer2.0.bn1", 1e-5);
            String second = conv(g, "layer2.0.conv2", 3, 1, 6, activate(g, first, Activation.RELU));
            norm(g, second, "layer2.0.bn2", 1e-5);
            norm(g, conv(g, "layer2.0.downsample.0", 1, 2, 6, "input"), "layer2.0.downsample.1", 1e-5);
            g.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "layer2.0.bn2", "layer2.0.downsample.1")
                    .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
                    .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu")
                    .addLayer("fc", new DenseLayer.Builder().nOut(3).build(), "pool")
                    .setOutputs("fc");
        });
    }

    @Test
    void aConditionalBlockAnswersAsLibtorch() throws IOException {
        assertAnswersAsLibtorch("timm-condconv-residual", g -> {
            String block = "blocks.4.1.";
            String routing = block + "routing_fn";
            g.addLayer(routing, new Router.Builder().numExperts(3).build(), "input");
            mixed(g, block + "conv_pw", 1, 8, "input", routing);
            String expanded = norm(g, block + "conv_pw", block + "bn1", 1e-3);
            DepthwiseCondConv2D depthwise = new DepthwiseCondConv2D.Builder(3)
                    .numExperts(3)
                    .hasBias(false)
                    .routing(Routing.shared())
                    .build();
            String active = activate(g, expanded, Activation.SWISH);
            MultiInputVertex.addLayer(g, block + "conv_dw", depthwise, active, routing);
            String filtered = norm(g, block + "conv_dw", block + "bn2", 1e-3);
            SqueezeExcitation squeeze = new SqueezeExcitation.Builder()
                    .reductionRatio(4)
                    .hiddenActivation(Activation.SWISH)
                    .build();
            g.addLayer(block + "se", squeeze, activate(g, filtered, Activation.SWISH));
            mixed(g, block + "conv_pwl", 1, 4, block + "se", routing);
            norm(g, block + "conv_pwl", block + "bn3", 1e-3);
            g.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), block + "bn3", "input")
                    .setOutputs("sum");
        });
    }

    @Test
    void anAsymmetricBlockAnswersAsLibtorch() throws IOException {
        assertAnswersAsLibtorch("acnet-block", g -> g.addLayer(
                        "stem.conv1.conv",
                        new AsymmetricConvBlock.Builder(3)
                                .nOut(6)
                                .activation(Activation.RELU)
                                .build(),
                        "input")
                .setOutputs("stem.conv1.conv"));
    }

    @Test
    void aWeightNetBlockAnswersAsLibtorch() throws IOException {
        assertAnswersAsLibtorch("weightnet-block", g -> {
            String context = "features.1.reduce";
            g.addLayer(context, new KernelContext.Builder().build(), "input");
            WeightNetConv2D first =
                    new WeightNetConv2D.Builder(1).nOut(6).sharedContext(true).build();
            MultiInputVertex.addLayer(g, "features.1.wnet1", first, "input", context);
            String normed = norm(g, "features.1.wnet1", "features.1.bn1", 1e-5);
            DepthwiseWeightNetConv2D second =
                    new DepthwiseWeightNetConv2D.Builder(3).sharedContext(true).build();
            MultiInputVertex.addLayer(g, "features.1.wnet2", second, activate(g, normed, Activation.RELU), context);
            norm(g, "features.1.wnet2", "features.1.bn2", 1e-5);
            g.setOutputs("features.1.bn2");
        });
    }

    /** In DOUBLE, from F32 weights: what remains is DL4J's log10 of the standard deviation, kept in DOUBLE. */
    private void assertAnswersAsLibtorch(String name, Consumer<GraphBuilder> body) throws IOException {
        GoldenCase golden = TestData.golden("state-dicts", name);
        Map<String, INDArray> state = new LinkedHashMap<>();
        golden.tensors().forEach((tensor, value) -> {
            if (!tensor.matches("input|output|upstream|grad\\..*")) {
                state.put(tensor, array(value));
            }
        });
        ComputationGraph graph = WeightImporter.read(network(DataType.DOUBLE, IMAGE, body), file(state));
        NdArrayAssert.assertThat(graph.outputSingle(array(golden.tensor("input"))))
                .isCloseTo(array(golden.tensor("output")), 1e-6);
    }

    @Test
    void aDepthwiseConvolutionKeepsItsChannels() throws IOException {
        ComputationGraphConfiguration network = network(DataType.FLOAT, IMAGE, g -> g.addLayer(
                        "dw",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .hasBias(false)
                                .build(),
                        "input")
                .setOutputs("dw"));
        INDArray weight = Nd4j.zeros(8, 1, 3, 3);
        for (int channel = 0; channel < 8; channel++) {
            weight.putScalar(new int[] {channel, 0, 1, 1}, channel + 1);
        }
        INDArray image = Nd4j.ones(DataType.FLOAT, 1, 4, 6, 5);
        INDArray means = WeightImporter.read(network, file(Map.of("dw.weight", weight)))
                .outputSingle(image)
                .mean(2, 3);
        assertThat(means.toFloatVector()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** PyTorch's order of the features is that of channels-first images. */
    @Test
    void aDenseLayerReadsChannelsLastImagesToo() throws IOException {
        Map<String, INDArray> state =
                Map.of("fc.weight", Nd4j.rand(DataType.FLOAT, 3, 4 * 6 * 5), "fc.bias", Nd4j.rand(DataType.FLOAT, 3));
        Consumer<GraphBuilder> body =
                g -> g.addLayer("fc", new DenseLayer.Builder().nOut(3).build(), "input")
                        .setOutputs("fc");
        INDArray image = Nd4j.rand(DataType.FLOAT, 2, 4, 6, 5);
        InputType nhwc = InputType.convolutional(6, 5, 4, CNN2DFormat.NHWC);
        INDArray first = WeightImporter.read(network(DataType.FLOAT, IMAGE, body), file(state))
                .outputSingle(image);
        INDArray last = WeightImporter.read(network(DataType.FLOAT, nhwc, body), file(state))
                .outputSingle(image.permute(0, 2, 3, 1).dup('c'));
        NdArrayAssert.assertThat(last).isCloseTo(first, 1e-5);
    }

    @Test
    void aVarianceOfZeroStaysFinite() throws IOException {
        Map<String, INDArray> state = new LinkedHashMap<>(norms());
        state.put("bn.running_var", Nd4j.zeros(4));
        ComputationGraph graph = WeightImporter.read(normalised(), file(state));
        assertThat(graph.outputSingle(Nd4j.ones(DataType.FLOAT, 1, 4, 6, 5))
                        .isInfinite()
                        .any())
                .isFalse();
    }

    @Test
    void aVarianceBelowZeroIsRefused() throws IOException {
        Map<String, INDArray> state = new LinkedHashMap<>(norms());
        state.put("bn.running_var", Nd4j.ones(4).negi());
        Path file = file(state);
        assertThatThrownBy(() -> WeightImporter.read(normalised(), file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": tensor \"bn.running_var\": variances below 0");
    }

    @Test
    void countersOfStepsAreLeftOut() throws IOException {
        Map<String, INDArray> state = new LinkedHashMap<>(norms());
        state.put("bn.num_batches_tracked", Nd4j.ones(1));
        assertThat(WeightImporter.read(normalised(), file(state)).numParams()).isEqualTo(16);
    }

    @Test
    void allThatDoesNotFitIsListed() throws IOException {
        Map<String, INDArray> state = new LinkedHashMap<>(norms());
        state.remove("bn.bias");
        state.remove("bn.running_mean");
        state.put("bn.weight", Nd4j.ones(5));
        state.put("fc.weight", Nd4j.ones(3, 4));
        Path file = file(state);
        assertThatThrownBy(() -> WeightImporter.read(normalised(), file))
                .isInstanceOf(WeightMismatchException.class)
                .hasMessage(file + " does not fit the network: 2 missing: bn.bias, bn.running_mean; 1 not of this"
                        + " network: fc.weight; 1 of another shape: bn.weight is [5], must be [4] or [1, 4, 1, 1]");
    }

    /** Both have 3 weights for each pair of channels. */
    @Test
    void aVerticalKernelIsNoHorizontalOne() throws IOException {
        Map<String, INDArray> state = new LinkedHashMap<>();
        for (String branch : List.of("square", "hor", "ver")) {
            norms().forEach((name, value) -> state.put(name.replace("bn", "acb." + branch + "_bn"), value));
        }
        state.put("acb.square_conv.weight", Nd4j.ones(4, 4, 3, 3));
        state.put("acb.hor_conv.weight", Nd4j.ones(4, 4, 3, 1));
        state.put("acb.ver_conv.weight", Nd4j.ones(4, 4, 1, 3));
        ComputationGraphConfiguration network = network(DataType.FLOAT, IMAGE, g -> g.addLayer(
                        "acb", new AsymmetricConvBlock.Builder(3).nOut(4).build(), "input")
                .setOutputs("acb"));
        Path file = file(state);
        assertThatThrownBy(() -> WeightImporter.read(network, file))
                .isInstanceOf(WeightMismatchException.class)
                .hasMessageContaining("acb.hor_conv.weight is [4, 4, 3, 1], must be [4, 4, 1, 3]")
                .hasMessageContaining("acb.ver_conv.weight is [4, 4, 1, 3], must be [4, 4, 3, 1]");
    }

    @Test
    void aLayerThatNoStateDictionaryHoldsIsRefused() throws IOException {
        ComputationGraphConfiguration network = network(DataType.FLOAT, InputType.recurrent(3, 4), g -> g.addLayer(
                        "lstm", new LSTM.Builder().nOut(2).build(), "input")
                .setOutputs("lstm"));
        Path file = file(Map.of());
        assertThatThrownBy(() -> WeightImporter.read(network, file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vertex \"lstm\", a LSTM: no state dictionary is known");
    }

    private static Map<String, INDArray> norms() {
        return Map.of(
                "bn.weight", Nd4j.ones(4),
                "bn.bias", Nd4j.zeros(4),
                "bn.running_mean", Nd4j.zeros(4),
                "bn.running_var", Nd4j.ones(4));
    }

    private static ComputationGraphConfiguration normalised() {
        return network(DataType.FLOAT, IMAGE, g -> g.addLayer("bn", new BatchNormalization(), "input")
                .setOutputs("bn"));
    }

    private Path file(Map<String, INDArray> tensors) throws IOException {
        return Files.write(directory.resolve("weights.safetensors"), SafetensorsBytes.of(tensors));
    }

    private static INDArray array(Tensor tensor) {
        return Nd4j.create(tensor.values(), tensor.shape(), 'c').castTo(DataType.DOUBLE);
    }

    private static ComputationGraphConfiguration network(DataType type, InputType input, Consumer<GraphBuilder> body) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(input);
        body.accept(graph);
        return graph.build();
    }

    private static String conv(GraphBuilder graph, String name, int kernel, int stride, int nOut, String input) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(nOut)
                .stride(stride, stride)
                .padding(kernel / 2, kernel / 2)
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(false)
                .build();
        graph.addLayer(name, layer, input);
        return name;
    }

    private static void mixed(GraphBuilder graph, String name, int kernel, int nOut, String input, String routing) {
        CondConv2D layer = new CondConv2D.Builder(kernel)
                .nOut(nOut)
                .numExperts(3)
                .hasBias(false)
                .routing(Routing.shared())
                .build();
        MultiInputVertex.addLayer(graph, name, layer, input, routing);
    }

    private static String norm(GraphBuilder graph, String input, String name, double eps) {
        graph.addLayer(name, new BatchNormalization.Builder().eps(eps).build(), input);
        return name;
    }

    /** As a layer of its own: DL4J's BatchNormalization applies none. */
    private static String activate(GraphBuilder graph, String input, Activation activation) {
        String name = input + "." + activation;
        graph.addLayer(name, new ActivationLayer(activation), input);
        return name;
    }
}
