package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.assertStays;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static io.github.dl4jcondconv.fusion.Networks.network;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FoldIntoLayerAfterTest {

    static Stream<Named<Layer>> unpadded() {
        return Stream.of(
                Named.of("1x1", convolution(1, 4)),
                Named.of("3x3", truncated().build()),
                Named.of("without bias", truncated().hasBias(false).build()),
                Named.of(
                        "with an activation",
                        truncated().activation(Activation.TANH).build()),
                Named.of(
                        "stride and dilation",
                        truncated().stride(2, 1).dilation(1, 2).build()),
                Named.of(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("unpadded")
    void vanishesIntoAConvolutionWithoutPadding(Layer convolution) {
        ComputationGraph graph = normThen(convolution, batchNorm());
        assertFusesTo(graph, batch(graph), "layer");
    }

    static Stream<Named<FeedForwardLayer>> dense() {
        return Stream.of(
                Named.of(
                        "dense",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build()),
                Named.of(
                        "output",
                        new OutputLayer.Builder()
                                .nOut(4)
                                .activation(Activation.SOFTMAX)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("dense")
    void vanishesIntoADenseLayer(FeedForwardLayer dense) {
        ComputationGraph graph =
                network(DataType.DOUBLE, InputType.feedForward(5), b -> b.addLayer("bn", batchNorm(), "in")
                        .addLayer("layer", dense, "bn")
                        .setOutputs("layer"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, 5), "layer");
    }

    @Test
    void aScaleVanishesWhateverThePadding() {
        ComputationGraph graph = images(b -> b.addVertex("scale", new ScaleVertex(1 / 255.0), "in")
                .addLayer("layer", convolution(3, 4), "scale")
                .setOutputs("layer"));
        assertFusesTo(graph, batch(graph), "layer");
    }

    @Test
    void scaleAndShiftVanishOneAfterTheOther() {
        ComputationGraph graph = images(b -> b.addVertex("shift", new ShiftVertex(-127), "in")
                .addVertex("scale", new ScaleVertex(1 / 128.0), "shift")
                .addLayer("layer", convolution(1, 4), "scale")
                .setOutputs("layer"));
        assertFusesTo(graph, batch(graph), "layer");
    }

    @Test
    void aNormalisationWithoutShiftVanishesWhateverThePadding() {
        ComputationGraph graph = normThen(convolution(3, 4), new BatchNormalization.Builder(true).build());
        graph.getParam("bn_mean").assign(0);
        assertFusesTo(graph, batch(graph), "layer");
    }

    @Test
    void prefersTheLayerBefore() {
        ComputationGraph graph = images(b -> b.addLayer("before", convolution(1, 4), "in")
                .addLayer("bn", batchNorm(), "before")
                .addLayer("after", new DepthwiseConvolution2D.Builder(1, 1).build(), "bn")
                .setOutputs("after"));
        assertFusesTo(graph, batch(graph), "bn", "after");
    }

    @Test
    void staysBeforePadding() {
        ComputationGraph graph = normThen(convolution(3, 4), batchNorm());
        assertStays(graph, batch(graph), "bn", "\"layer\" after it pads with zeros");
    }

    @Test
    void staysBeforeATransposedConvolution() {
        ComputationGraph graph =
                normThen(new Deconvolution2D.Builder(2, 2).nOut(4).build(), batchNorm());
        assertStays(graph, batch(graph), "bn", "\"layer\" after it pads with zeros");
    }

    @Test
    void staysBeforeASeparableConvolution() {
        ComputationGraph graph =
                normThen(new SeparableConvolution2D.Builder(1, 1).nOut(4).build(), batchNorm());
        assertStays(graph, batch(graph), "bn", "\"layer\" after it, a SeparableConvolution2D, cannot take it in");
    }

    @Test
    void staysBeforePooling() {
        ComputationGraph graph = normThen(new SubsamplingLayer.Builder().build(), batchNorm());
        assertStays(graph, batch(graph), "bn", "\"layer\" after it, a SubsamplingLayer, cannot take it in");
    }

    @Test
    void staysBeforeAnActivation() {
        ComputationGraph graph = images(b -> b.addLayer("bn", batchNorm(), "in")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
                .addLayer("conv", truncated().build(), "relu")
                .setOutputs("conv"));
        assertStays(graph, batch(graph), "bn", "\"relu\" after it, an ActivationLayer, cannot take it in");
    }

    @Test
    void staysWhereSeveralReadIt() {
        ComputationGraph graph = images(b -> b.addLayer("bn", batchNorm(), "in")
                .addLayer("a", truncated().build(), "bn")
                .addLayer("b", truncated().build(), "bn")
                .setOutputs("a", "b"));
        assertStays(graph, batch(graph), "bn", "it reads the network's input \"in\"");
    }

    private static ConvolutionLayer.Builder truncated() {
        return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Truncate);
    }

    private static ComputationGraph normThen(Layer layer, BatchNormalization norm) {
        return images(
                b -> b.addLayer("bn", norm, "in").addLayer("layer", layer, "bn").setOutputs("layer"));
    }
}
