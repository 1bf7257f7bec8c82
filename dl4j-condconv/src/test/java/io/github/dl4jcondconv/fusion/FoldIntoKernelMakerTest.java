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
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FoldIntoKernelMakerTest {

    static Stream<Named<Layer>> layers() {
        return Stream.of(
                Named.of("two gates a slice", conv().m(2).g(1).build()),
                Named.of("several slices a filter", conv().m(3).g(3).build()),
                Named.of("stride 2", conv().stride(2).m(6).g(3).build()),
                Named.of("static bias", conv().m(1).g(1).staticBias(true).build()),
                Named.of("depthwise", depthwise().build()),
                Named.of("depthwise, several gates", depthwise().m(4).g(2).build()),
                Named.of("depthwise, static bias", depthwise().staticBias(true).build()));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void vanishesIntoAWeightNet(Layer layer) {
        ComputationGraph graph = layerThenNorm(DataType.DOUBLE, layer);
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void keepsItsAnswerInSinglePrecision(Layer layer) {
        ComputationGraph graph = layerThenNorm(DataType.FLOAT, layer);
        assertFusesTo(graph, batch(graph), "bn");
    }

    @ParameterizedTest
    @MethodSource("layers")
    void vanishesFromChannelsLastData(Layer layer) {
        ComputationGraph graph = network(
                DataType.DOUBLE, InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC), b -> b.addLayer(
                                "layer", layer, "in")
                        .addLayer("bn", batchNorm(), "layer")
                        .setOutputs("bn"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "bn");
    }

    @Test
    void vanishesBehindASharedContextWithScaleShiftAndActivation() {
        ComputationGraph graph = images(b -> {
            b.addLayer("context", new KernelContext.Builder().build(), "in");
            MultiInputVertex.addLayer(
                    b,
                    "layer",
                    conv().m(1).g(1).sharedContext(true).contextSize(16).build(),
                    "in",
                    "context");
            b.addLayer("bn", batchNorm(), "layer")
                    .addVertex("scale", new ScaleVertex(1.5), "bn")
                    .addVertex("shift", new ShiftVertex(0.25), "scale")
                    .addLayer("relu", new ActivationLayer(Activation.RELU), "shift")
                    .setOutputs("relu");
        });
        assertFusesTo(graph, batch(graph), "context", "relu");
    }

    @Test
    void whatTheNormalisationAddsIsStaticBias() {
        ComputationGraph graph = layerThenNorm(DataType.DOUBLE, conv().m(1).g(1).build());
        graph.getParam("bn_mean").assign(0);
        INDArray beta = graph.getParam("bn_beta").dup();
        assertThat(GraphFuser.fuse(graph).graph().getParam("bn_bs").equalsWithEps(beta, 1e-15))
                .isTrue();
    }

    @Test
    void aFusedNetworkStaysAsItIs() {
        ComputationGraph once = GraphFuser.fuse(
                        layerThenNorm(DataType.DOUBLE, conv().m(1).g(1).build()))
                .graph();
        assertThat(GraphFuser.fuse(once).report().actions()).isEmpty();
    }

    @Test
    void staysBehindAnActivation() {
        ComputationGraph graph = layerThenNorm(
                DataType.DOUBLE, depthwise().activation(Activation.SIGMOID).build());
        assertStays(graph, batch(graph), "bn", "\"layer\" applies the activation sigmoid first");
    }

    private static WeightNetConv2D.Builder conv() {
        return new WeightNetConv2D.Builder(3).nOut(4);
    }

    private static DepthwiseWeightNetConv2D.Builder depthwise() {
        return new DepthwiseWeightNetConv2D.Builder(3);
    }

    private static ComputationGraph layerThenNorm(DataType type, Layer layer) {
        return images(type, b -> b.addLayer("layer", layer, "in")
                .addLayer("bn", batchNorm(), "layer")
                .setOutputs("bn"));
    }
}
