package io.github.dl4jcondconv.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SamplingMask;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class GraphProfileTest {
    private static final InputType IMAGE = InputType.convolutional(8, 10, 3);

    static Stream<Arguments> costs() {
        return Stream.of(
                cost("3x3", conv(3).build(), 9 * 3 * 4 * 80),
                cost("stride 2", conv(3).stride(2, 2).build(), 9 * 3 * 4 * 20),
                cost(
                        "no padding",
                        conv(3).convolutionMode(ConvolutionMode.Truncate).build(),
                        9 * 3 * 4 * 6 * 8),
                cost("dilation", conv(3).dilation(2, 2).build(), 9 * 3 * 4 * 80),
                cost("frozen", new FrozenLayer(conv(3).build()), 9 * 3 * 4 * 80),
                cost(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .build(),
                        9 * 6 * 80),
                cost(
                        "separable",
                        new SeparableConvolution2D.Builder(3, 3)
                                .nOut(4)
                                .depthMultiplier(2)
                                .build(),
                        (9 * 6 + 6 * 4) * 80),
                cost(
                        "transposed",
                        new Deconvolution2D.Builder(2, 2).nOut(4).stride(2, 2).build(),
                        4 * 3 * 4 * 80),
                cost("dense", new DenseLayer.Builder().nOut(7).build(), 240 * 7),
                cost("BatchNormalization", new BatchNormalization(), 0),
                cost("activation", new ActivationLayer(Activation.RELU), 0),
                cost("pooling", new SubsamplingLayer.Builder(2, 2).stride(2, 2).build(), 0),
                cost("global pooling", new GlobalPoolingLayer(PoolingType.AVG), 0),
                cost("ACB", new AsymmetricConvBlock.Builder(3).nOut(4).build(), (9 + 3 + 3) * 3 * 4 * 80),
                cost(
                        "CondConv: convolution, mixing of kernels and biases, routing",
                        new CondConv2D.Builder(3).nOut(4).numExperts(5).build(),
                        9 * 3 * 4 * 80 + 5 * (9 * 3 * 4 + 4) + 3 * 5));
    }

    @ParameterizedTest
    @MethodSource("costs")
    void countsTheMultiplyAddsOf(Layer layer, long expected) {
        assertThat(GraphProfile.of(alone(layer), IMAGE).multiplyAdds()).hasValue(expected);
    }

    @Test
    void countsAChannelsLastNetworkLikeAnyOther() {
        InputType nhwc = InputType.convolutional(8, 10, 3, CNN2DFormat.NHWC);
        assertThat(GraphProfile.of(alone(conv(3).build(), nhwc), nhwc).multiplyAdds())
                .hasValue(9 * 3 * 4 * 80);
    }

    @Test
    void countsRunningStatisticsApart() {
        ComputationGraph graph = alone(new BatchNormalization());
        assertThat(GraphProfile.of(graph, IMAGE).layers().get(0))
                .extracting(LayerProfile::parameters, LayerProfile::stateParameters)
                .containsExactly(6L, 6L);
    }

    @Test
    void countsTheStatisticsOfOurBlocksApart() {
        ComputationGraph graph =
                alone(new AsymmetricConvBlock.Builder(3).nOut(4).build());
        assertThat(GraphProfile.of(graph, IMAGE))
                .extracting(GraphProfile::parameters, GraphProfile::stateParameters)
                .containsExactly(15L * 3 * 4 + 6 * 4, 6L * 4);
    }

    @Test
    void givesTheShapeOfEveryVertex() {
        ComputationGraph graph =
                network(b -> b.addLayer("a", conv(3).stride(2, 2).build(), "in")
                        .addLayer("b", conv(1).nOut(4).build(), "a")
                        .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                        .setOutputs("sum"));
        assertThat(GraphProfile.of(graph, IMAGE).layers())
                .extracting(LayerProfile::name, l -> l.output().getShape())
                .containsExactly(
                        tuple("a", new long[] {4, 4, 5}),
                        tuple("b", new long[] {4, 4, 5}),
                        tuple("sum", new long[] {4, 4, 5}));
    }

    @Test
    void aLossLayerHasTheShapeOfItsInput() {
        ComputationGraph graph = alone(
                new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.TANH)
                        .build(),
                InputType.feedForward(5));
        assertThat(GraphProfile.of(graph, InputType.feedForward(5))
                        .layers()
                        .get(0)
                        .output()
                        .getShape())
                .containsExactly(5);
    }

    @Test
    void addsUpToDl4jsOwnNumberOfParameters() {
        ComputationGraph graph = network(b -> b.addLayer("conv", conv(3).build(), "in")
                .addLayer("bn", new BatchNormalization(), "conv")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "bn")
                .setOutputs("out"));
        GraphProfile profile = GraphProfile.of(graph, IMAGE);
        assertThat(profile.parameters() + profile.stateParameters()).isEqualTo(graph.numParams());
    }

    @Test
    void leavesTheConfigurationAlone() {
        ComputationGraph graph = alone(conv(3).build());
        String before = graph.getConfiguration().toJson();
        GraphProfile.of(graph, IMAGE);
        assertThat(graph.getConfiguration().toJson()).isEqualTo(before);
    }

    @Test
    void readsTheInputSizeOffAFlatImage() {
        ComputationGraph graph = alone(conv(3).build(), InputType.convolutionalFlat(8, 10, 3));
        assertThat(GraphProfile.of(graph).multiplyAdds()).hasValue(9 * 3 * 4 * 80);
    }

    @Test
    void readsTheInputSizeOffADenseLayer() {
        ComputationGraph graph = alone(new DenseLayer.Builder().nOut(7).build(), InputType.feedForward(5));
        assertThat(GraphProfile.of(graph).multiplyAdds()).hasValue(5 * 7);
    }

    @Test
    void asksForTheSizeOfImages() {
        assertThatThrownBy(() -> GraphProfile.of(alone(conv(3).build())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"in\"")
                .hasMessageContaining("InputType.convolutional(height, width, channels)");
    }

    @Test
    void doesNotGuessWhatAnUnknownLayerCosts() {
        ComputationGraph graph = alone(new LSTM.Builder().nOut(3).build(), InputType.recurrent(5, 4));
        assertThat(GraphProfile.of(graph, InputType.recurrent(5, 4)).multiplyAdds())
                .isEmpty();
    }

    @Test
    void refusesTheWrongNumberOfInputs() {
        assertThatThrownBy(() -> GraphProfile.of(alone(conv(3).build()), IMAGE, IMAGE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 inputs [in], not 2");
    }

    @Test
    void refusesTheWrongNumberOfChannels() {
        assertThatThrownBy(() -> GraphProfile.of(alone(conv(3).build()), InputType.convolutional(8, 10, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("vertex \"layer\" reads 3 channels, its input has 4");
    }

    @Test
    void refusesAnImageThatIsSmallerThanTheKernel() {
        ComputationGraph graph =
                alone(conv(3).convolutionMode(ConvolutionMode.Truncate).build());
        assertThatThrownBy(() -> GraphProfile.of(graph, InputType.convolutional(2, 2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vertex \"layer\"");
    }

    @Test
    void refusesTheOtherDataFormat() {
        InputType nhwc = InputType.convolutional(8, 10, 3, CNN2DFormat.NHWC);
        assertThatThrownBy(() -> GraphProfile.of(alone(conv(3).build()), nhwc))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NHWC");
    }

    @Test
    void countsAConfigurationLikeItsNetwork() {
        ComputationGraph graph =
                alone(new AsymmetricConvBlock.Builder(3).nOut(4).build());
        assertThat(GraphProfile.of(graph.getConfiguration(), IMAGE)).isEqualTo(GraphProfile.of(graph, IMAGE));
    }

    @Test
    void countsWhatIsTooLargeToAllocate() {
        InputType million = InputType.feedForward(1_000_000_000);
        assertThat(GraphProfile.of(
                                configuration(
                                        million,
                                        new DenseLayer.Builder().nOut(1_000_000).build()),
                                million)
                        .parameters())
                .isEqualTo(1_000_000_000_000_000L + 1_000_000);
    }

    @Test
    void countsConditionalLayersAsThePaperDoesIfAsked() {
        CondDense layer = new CondDense.Builder().nOut(7).numExperts(5).build();
        InputType input = InputType.feedForward(6);
        assertThat(GraphProfile.of(configuration(input, layer), Counting.STANDARD.withPaperMixing(true), input)
                        .multiplyAdds())
                .hasValue(6 * 7 + 5 * 6 * 7 + 6 * 5);
    }

    static Stream<Arguments> densities() {
        long convolution = 9 * 3 * 4 * 80;
        long interpolation = 49 * 4 * 80;
        long mask = 9 * 3 * 80;
        return Stream.of(
                Arguments.of(1.0, convolution + mask),
                Arguments.of(0.0, mask),
                Arguments.of(0.5, convolution / 2 + interpolation / 4 + mask));
    }

    @ParameterizedTest
    @MethodSource("densities")
    void countsTheSampledPositionsOnly(double density, long expected) {
        ComputationGraph graph = alone(new SampledConv2D.Builder(3).nOut(4).build());
        assertThat(GraphProfile.of(graph.getConfiguration(), Counting.STANDARD.withDensity(density), IMAGE)
                        .multiplyAdds())
                .hasValue(expected);
    }

    @ParameterizedTest
    @MethodSource("densities")
    void aMeasuredDensityHoldsForTheLayersOfItsMask(double density, long expected) {
        ComputationGraph graph = network(b -> {
            b.addLayer("mask", new SamplingMask.Builder().build(), "in");
            MultiInputVertex.addLayer(
                    b, "conv", new MaskedConv2D.Builder(3).nOut(4).build(), "in", "mask");
            MultiInputVertex.addLayer(b, "fill", new Interpolation.Builder().build(), "conv", "mask");
            b.setOutputs("fill");
        });
        Counting measured = Counting.STANDARD.withDensity(0.1).withDensities(Map.of("mask", density));
        assertThat(GraphProfile.of(graph.getConfiguration(), measured, IMAGE).multiplyAdds())
                .hasValue(expected);
    }

    @Test
    void aDensityIsAShare() {
        assertThatThrownBy(() -> Counting.STANDARD.withDensity(1.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("density is 1.5, allowed: 0 to 1");
    }

    @Test
    void printsALineForEveryVertexAndTheTotal() {
        assertThat(GraphProfile.of(alone(conv(3).build()), IMAGE).toString().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("layer  ConvolutionLayer  [4, 8, 10]") && line.endsWith("8,640"));
    }

    private static Arguments cost(String name, Layer layer, long expected) {
        return Arguments.of(Named.of(name, layer), expected);
    }

    private static ConvolutionLayer.Builder conv(int k) {
        return new ConvolutionLayer.Builder(k, k).nOut(4);
    }

    private static ComputationGraph alone(Layer layer) {
        return alone(layer, IMAGE);
    }

    private static ComputationGraph alone(Layer layer, InputType input) {
        return network(input, b -> b.addLayer("layer", layer, "in").setOutputs("layer"));
    }

    private static ComputationGraph network(Consumer<ComputationGraphConfiguration.GraphBuilder> body) {
        return network(IMAGE, body);
    }

    private static ComputationGraphConfiguration configuration(InputType input, Layer layer) {
        return builder(input).addLayer("layer", layer, "in").setOutputs("layer").build();
    }

    private static ComputationGraph network(
            InputType input, Consumer<ComputationGraphConfiguration.GraphBuilder> body) {
        ComputationGraphConfiguration.GraphBuilder builder = builder(input);
        body.accept(builder);
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return graph;
    }

    private static ComputationGraphConfiguration.GraphBuilder builder(InputType input) {
        return new NeuralNetConfiguration.Builder()
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input);
    }
}
