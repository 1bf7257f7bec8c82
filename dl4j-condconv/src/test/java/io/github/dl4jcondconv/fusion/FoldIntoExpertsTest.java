package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.assertStays;
import static io.github.dl4jcondconv.fusion.Networks.CHANNELS;
import static io.github.dl4jcondconv.fusion.Networks.SIZE;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static io.github.dl4jcondconv.fusion.Networks.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FoldIntoExpertsTest {

    static Stream<Named<Layer>> imageLayers() {
        return Stream.of(
                Named.of("mixed kernels", conv().mixing(Mixing.KERNELS).build()),
                Named.of("mixed outputs", conv().mixing(Mixing.OUTPUTS).build()),
                Named.of("without bias", conv().hasBias(false).build()),
                Named.of("static bias", conv().staticBias(true).build()),
                Named.of(
                        "static bias only",
                        conv().hasBias(false).staticBias(true).build()),
                Named.of("softmax", conv().routing(Routing.softmax(2)).build()),
                Named.of(
                        "hidden layer",
                        conv().routing(Routing.sigmoid().withHiddenLayer(1)).build()),
                Named.of("stride 2", conv().stride(2).build()),
                Named.of(
                        "depthwise, mixed kernels",
                        depthwise().mixing(Mixing.KERNELS).build()),
                Named.of(
                        "depthwise, mixed outputs",
                        depthwise().mixing(Mixing.OUTPUTS).build()),
                Named.of("depthwise without bias", depthwise().hasBias(false).build()));
    }

    @ParameterizedTest
    @MethodSource("imageLayers")
    void vanishesIntoAConditionalConvolution(Layer layer) {
        ComputationGraph graph = layerThenNorm(DataType.DOUBLE, layer);
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @MethodSource("imageLayers")
    void keepsItsAnswerInSinglePrecision(Layer layer) {
        ComputationGraph graph = layerThenNorm(DataType.FLOAT, layer);
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "FLOAT"})
    void vanishesIntoAConditionalDenseLayer(DataType type) {
        ComputationGraph graph = network(type, InputType.feedForward(5), b -> b.addLayer(
                        "dense", new CondDense.Builder().nOut(4).numExperts(3).build(), "in")
                .addLayer("bn", batchNorm(), "dense")
                .addLayer("act", new ActivationLayer(Activation.TANH), "bn")
                .setOutputs("act"));
        assertFusesTo(graph, Nd4j.randn(type, 3, 5), "act");
    }

    @ParameterizedTest
    @MethodSource("imageLayers")
    void vanishesFromChannelsLastData(Layer layer) {
        ComputationGraph graph = network(
                DataType.DOUBLE, InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC), b -> b.addLayer(
                                "layer", layer, "in")
                        .addLayer("bn", batchNorm(), "layer")
                        .setOutputs("bn"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "bn");
    }

    @Test
    void vanishesBehindASharedRouter() {
        ComputationGraph graph = images(b -> {
            b.addLayer("router", new Router.Builder().numExperts(3).build(), "in");
            MultiInputVertex.addLayer(
                    b, "layer", conv().routing(Routing.shared()).build(), "in", "router");
            b.addLayer("bn", batchNorm(), "layer").setOutputs("bn");
        });
        assertFusesTo(graph, batch(graph), "router", "bn");
    }

    @Test
    void scaleAndShiftAndASecondNormalisationVanishToo() {
        ComputationGraph graph = images(b -> b.addLayer("layer", conv().build(), "in")
                .addLayer("bn", batchNorm(), "layer")
                .addVertex("scale", new ScaleVertex(1.5), "bn")
                .addVertex("shift", new ShiftVertex(0.25), "scale")
                .addLayer("again", batchNorm(), "shift")
                .setOutputs("again"));
        assertFusesTo(graph, batch(graph), "again");
    }

    @Test
    void whatTheNormalisationAddsIsNotRouted() {
        ComputationGraph graph = layerThenNorm(DataType.DOUBLE, conv().build());
        INDArray shift = graph.getParam("bn_beta").dup();
        graph.getParam("bn_mean").assign(0);
        assertThat(GraphFuser.fuse(graph).graph().getParam("bn_bs").equalsWithEps(shift, 1e-15))
                .isTrue();
    }

    @Test
    void aFusedNetworkStaysAsItIs() {
        ComputationGraph once =
                GraphFuser.fuse(layerThenNorm(DataType.DOUBLE, conv().build())).graph();
        assertThat(GraphFuser.fuse(once).report().actions()).isEmpty();
    }

    @Test
    void theReportTellsOfIt() {
        ComputationGraph graph = layerThenNorm(DataType.DOUBLE, conv().build());
        assertThat(GraphFuser.fuse(graph).report().actions())
                .containsExactly(new FusionAction(
                        "bn", List.of("layer", "bn"), List.of("fold into the layer before"), "CondConv2D"));
    }

    @Test
    void staysBehindAnActivation() {
        ComputationGraph graph = layerThenNorm(
                DataType.DOUBLE, conv().activation(Activation.RELU).build());
        assertStays(graph, batch(graph), "bn", "\"layer\" applies the activation relu first");
    }

    @Test
    void staysWhereTheConditionalLayerIsReadByOthers() {
        ComputationGraph graph = images(b -> b.addLayer("layer", conv().build(), "in")
                .addLayer("bn", batchNorm(), "layer")
                .addVertex("other", new ScaleVertex(2), "layer")
                .setOutputs("bn", "other"));
        assertStays(graph, batch(graph), "bn", "\"layer\" is read by \"other\" too");
    }

    @Test
    void staysWhereItNormalisesAnotherAxis() {
        ComputationGraph graph =
                layerThenNorm(DataType.DOUBLE, conv().nOut(SIZE).build());
        ((BatchNormalization) graph.getLayer("bn").conf().getLayer()).setCnn2DFormat(CNN2DFormat.NHWC);
        assertStays(graph, batch(graph), "bn", "differ in data format");
    }

    private static CondConv2D.Builder conv() {
        return new CondConv2D.Builder(3).nOut(4).numExperts(3);
    }

    private static DepthwiseCondConv2D.Builder depthwise() {
        return new DepthwiseCondConv2D.Builder(3).depthMultiplier(2).numExperts(3);
    }

    private static ComputationGraph layerThenNorm(DataType type, Layer layer) {
        return images(type, b -> b.addLayer("layer", layer, "in")
                .addLayer("bn", batchNorm(), "layer")
                .setOutputs("bn"));
    }
}
