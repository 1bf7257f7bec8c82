package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.assertStays;
import static io.github.dl4jcondconv.fusion.Networks.CHANNELS;
import static io.github.dl4jcondconv.fusion.Networks.SIZE;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static io.github.dl4jcondconv.fusion.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FoldIntoLayerBeforeTest {

    static Stream<Named<Layer>> producers() {
        return Stream.of(
                Named.of("3x3", convolution(3, 4)),
                Named.of("1x1", convolution(1, 4)),
                Named.of(
                        "without bias",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(4)
                                .hasBias(false)
                                .build()),
                Named.of(
                        "stride 2",
                        new ConvolutionLayer.Builder(3, 3).nOut(4).stride(2, 2).build()),
                Named.of(
                        "dilation 2",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(4)
                                .dilation(2, 2)
                                .build()),
                Named.of(
                        "padding",
                        new ConvolutionLayer.Builder(5, 3)
                                .nOut(4)
                                .padding(2, 1)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .build()),
                Named.of(
                        "input dropout",
                        new ConvolutionLayer.Builder(3, 3).nOut(4).dropOut(0.5).build()),
                Named.of(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .build()),
                Named.of(
                        "separable",
                        new SeparableConvolution2D.Builder(3, 3)
                                .nOut(4)
                                .depthMultiplier(2)
                                .build()),
                Named.of(
                        "transposed",
                        new Deconvolution2D.Builder(3, 3).nOut(4).stride(2, 2).build()));
    }

    @ParameterizedTest
    @MethodSource("producers")
    void vanishesIntoItsConvolution(Layer convolution) {
        ComputationGraph graph = convolutionThenNorm(convolution, batchNorm());
        assertFusesTo(graph, batch(graph), "bn");
    }

    static Stream<Named<BatchNormalization>> normalisations() {
        return Stream.of(
                Named.of(
                        "log std",
                        new BatchNormalization.Builder().useLogStd(true).build()),
                Named.of(
                        "variance",
                        new BatchNormalization.Builder().useLogStd(false).build()),
                Named.of("eps", new BatchNormalization.Builder().eps(0.1).build()),
                Named.of("locked", new BatchNormalization.Builder(true).build()),
                Named.of("locked gamma and beta", new BatchNormalization.Builder(2.5, 0.5, true).build()),
                Named.of("locked gamma, which DL4J ignores", new BatchNormalization.Builder(2.5, 0.0, true).build()),
                Named.of("locked beta, which DL4J ignores", new BatchNormalization.Builder(1.0, 0.5, true).build()));
    }

    @ParameterizedTest
    @MethodSource("normalisations")
    void itsOptionsAreThoseThatDl4jApplies(BatchNormalization norm) {
        ComputationGraph graph = convolutionThenNorm(convolution(3, 4), norm);
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void keepsItsAnswerInEveryType(DataType type) {
        ComputationGraph graph = images(type, b -> b.addLayer("conv", convolution(3, 8), "in")
                .addLayer("bn", batchNorm(), "conv")
                .setOutputs("bn"));
        assertFusesTo(graph, batch(graph), "bn");
    }

    @Test
    void vanishesFromChannelsLastData() {
        ComputationGraph graph = network(
                DataType.DOUBLE, InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC), b -> b.addLayer(
                                "conv", convolution(3, 4), "in")
                        .addLayer("bn", batchNorm(), "conv")
                        .setOutputs("bn"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "bn");
    }

    @Test
    void vanishesIntoADenseLayer() {
        ComputationGraph graph = vectors(new DenseLayer.Builder().nOut(4).build());
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, 5), "act");
    }

    @Test
    void aSecondOneVanishesIntoWhatTheFirstBecame() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("bn", batchNorm(), "conv")
                .addLayer("again", batchNorm(), "bn")
                .setOutputs("again"));
        assertFusesTo(graph, batch(graph), "again");
    }

    @Test
    void vanishesFromAFrozenBackbone() {
        ComputationGraph graph =
                convolutionThenNorm(new FrozenLayer(convolution(3, 4)), new FrozenLayerWithBackprop(batchNorm()));
        assertFusesTo(graph, batch(graph), "bn");
    }

    @Test
    void whatWasFrozenStaysFrozen() {
        ComputationGraph graph = convolutionThenNorm(new FrozenLayer(convolution(3, 4)), new FrozenLayer(batchNorm()));
        assertThat(GraphFuser.fuse(graph).graph().getLayer("bn"))
                .isInstanceOf(org.deeplearning4j.nn.layers.FrozenLayer.class);
    }

    @Test
    void aFrozenConvolutionWithATrainedNormalisationIsTrainedOn() {
        ComputationGraph graph = convolutionThenNorm(new FrozenLayer(convolution(3, 4)), batchNorm());
        assertThat(GraphFuser.fuse(graph).graph().getLayer("bn").conf().getLayer())
                .isInstanceOf(ConvolutionLayer.class);
    }

    @Test
    void staysBehindAnActivation() {
        ComputationGraph graph = convolutionThenNorm(
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .activation(Activation.RELU)
                        .build(),
                batchNorm());
        assertStays(graph, batch(graph), "bn", "\"conv\" applies the activation relu first");
    }

    @Test
    void staysWhereTheConvolutionIsReadByOthers() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("bn", batchNorm(), "conv")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "bn", "conv")
                .setOutputs("add"));
        assertStays(graph, batch(graph), "bn", "\"conv\" is read by \"add\" too");
    }

    @Test
    void staysWhereTheConvolutionIsAnOutput() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("bn", batchNorm(), "conv")
                .setOutputs("bn", "conv"));
        assertStays(graph, batch(graph), "bn", "\"conv\" is an output of the network");
    }

    @Test
    void staysAtTheEntranceOfTheNetwork() {
        ComputationGraph graph = images(b -> b.addLayer("bn", batchNorm(), "in")
                .addLayer("conv", convolution(3, 4), "bn")
                .setOutputs("conv"));
        assertStays(graph, batch(graph), "bn", "it reads the network's input \"in\"");
    }

    @Test
    void staysBehindPooling() {
        ComputationGraph graph = convolutionThenNorm(new SubsamplingLayer.Builder().build(), batchNorm());
        assertStays(graph, batch(graph), "bn", "it reads \"conv\", a SubsamplingLayer");
    }

    @Test
    void staysBehindAVertex() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(3, 4), "in")
                .addLayer("b", convolution(3, 4), "a")
                .addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "a", "b")
                .addLayer("bn", batchNorm(), "product")
                .setOutputs("bn"));
        assertStays(graph, batch(graph), "bn", "it reads \"product\", an ElementWiseVertex");
    }

    @Test
    void staysBehindAPreprocessor() {
        ComputationGraph graph = images(b -> b.addLayer("conv", convolution(3, 4), "in")
                .addLayer("bn", batchNorm(), "conv")
                .inputPreProcessor("bn", new CnnToFeedForwardPreProcessor(SIZE, SIZE, 4))
                .addLayer("act", new ActivationLayer(Activation.TANH), "bn")
                .setOutputs("act"));
        assertStays(graph, batch(graph), "bn", "CnnToFeedForwardPreProcessor stands between");
    }

    @Test
    void staysBehindALayerNormalisation() {
        ComputationGraph graph =
                vectors(new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build());
        assertStays(graph, Nd4j.randn(DataType.DOUBLE, 2, 5), "bn", "normalises its layer");
    }

    @Test
    void staysWhereItNormalisesAnotherAxis() {
        ComputationGraph graph = convolutionThenNorm(convolution(3, SIZE), batchNorm());
        ((BatchNormalization) graph.getLayer("bn").conf().getLayer()).setCnn2DFormat(CNN2DFormat.NHWC);
        assertStays(graph, batch(graph), "bn", "differ in data format");
    }

    @Test
    void staysWhereNoiseActsOnTheBias() {
        ComputationGraph graph = convolutionThenNorm(
                new ConvolutionLayer.Builder(3, 3)
                        .nOut(4)
                        .weightNoise(new DropConnect(0.5, true))
                        .build(),
                batchNorm());
        assertThat(GraphFuser.fuse(graph).report().stayed().get("bn")).contains("DropConnect on its bias");
    }

    private static ComputationGraph convolutionThenNorm(Layer convolution, Layer norm) {
        return images(b -> b.addLayer("conv", convolution, "in")
                .addLayer("bn", norm, "conv")
                .setOutputs("bn"));
    }

    private static ComputationGraph vectors(DenseLayer dense) {
        return network(DataType.DOUBLE, InputType.feedForward(5), b -> b.addLayer("dense", dense, "in")
                .addLayer("bn", batchNorm(), "dense")
                .addLayer("act", new ActivationLayer(Activation.TANH), "bn")
                .setOutputs("act"));
    }
}
