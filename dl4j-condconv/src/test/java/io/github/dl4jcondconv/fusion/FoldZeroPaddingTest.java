package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.Networks.CHANNELS;
import static io.github.dl4jcondconv.fusion.Networks.SIZE;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static io.github.dl4jcondconv.fusion.Networks.network;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FoldZeroPaddingTest {

    static Stream<Named<Layer>> convolutions() {
        return Stream.of(
                Named.of("without padding", truncated().build()),
                Named.of("with padding of its own", truncated().padding(1, 0).build()),
                Named.of("with strides", truncated().stride(2, 2).build()),
                Named.of(
                        "strict",
                        truncated().convolutionMode(ConvolutionMode.Strict).build()),
                Named.of(
                        "depthwise",
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .build()),
                Named.of(
                        "separable",
                        new SeparableConvolution2D.Builder(3, 3)
                                .nOut(4)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .build()));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void becomesPaddingOfTheConvolution(Layer convolution) {
        ComputationGraph graph = paddingThen(new ZeroPaddingLayer(2, 1), convolution);
        assertFusesTo(graph, batch(graph), "layer");
    }

    @Test
    void twoOfThemBecomeOnePadding() {
        ComputationGraph graph = images(b -> b.addLayer("a", new ZeroPaddingLayer(1, 0), "in")
                .addLayer("b", new ZeroPaddingLayer(1, 2), "a")
                .addLayer("layer", truncated().build(), "b")
                .setOutputs("layer"));
        assertFusesTo(graph, batch(graph), "layer");
    }

    @Test
    void keepsThePreprocessorOfAFlatImage() {
        ComputationGraph graph =
                network(DataType.DOUBLE, InputType.convolutionalFlat(SIZE, SIZE, CHANNELS), b -> b.addLayer(
                                "padding", new ZeroPaddingLayer(1, 1), "in")
                        .addLayer("layer", truncated().build(), "padding")
                        .setOutputs("layer"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE * SIZE * CHANNELS), "layer");
    }

    static Stream<Named<Layer>> others() {
        return Stream.of(
                Named.of("pads by itself", convolution(3, 4)),
                Named.of(
                        "transposed",
                        new Deconvolution2D.Builder(2, 2)
                                .nOut(4)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .build()),
                Named.of("pooling", new SubsamplingLayer.Builder().build()));
    }

    @ParameterizedTest
    @MethodSource("others")
    void staysBeforeLayersThatPadOtherwise(Layer layer) {
        ComputationGraph graph = paddingThen(new ZeroPaddingLayer(2, 1), layer);
        assertFusesTo(graph, batch(graph), "padding", "layer");
    }

    @Test
    void staysWhereItsSidesDiffer() {
        ComputationGraph graph =
                paddingThen(new ZeroPaddingLayer(0, 1, 0, 1), truncated().build());
        assertFusesTo(graph, batch(graph), "padding", "layer");
    }

    private static ConvolutionLayer.Builder truncated() {
        return new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Truncate);
    }

    private static ComputationGraph paddingThen(ZeroPaddingLayer padding, Layer layer) {
        return images(b -> b.addLayer("padding", padding, "in")
                .addLayer("layer", layer, "padding")
                .setOutputs("layer"));
    }
}
