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

import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FoldBeforeMergeTest {

    @Test
    void everyConcatenatedLayerTakesInItsShare() {
        ComputationGraph graph =
                images(b -> merged(b).addLayer("bn", batchNorm(), "merge").setOutputs("bn"));
        assertFusesTo(graph, batch(graph), "a-fused", "b-fused", "bn");
    }

    @Test
    void scaleShiftAndASecondNormalisationVanishToo() {
        ComputationGraph graph = images(b -> merged(b)
                .addLayer("bn", batchNorm(), "merge")
                .addVertex("scale", new ScaleVertex(1.5), "bn")
                .addVertex("shift", new ShiftVertex(0.25), "scale")
                .addLayer("again", batchNorm(), "shift")
                .setOutputs("again"));
        assertFusesTo(graph, batch(graph), "a-fused", "b-fused", "again");
    }

    @Test
    void channelsLastImagesShareAlongTheLastAxis() {
        ComputationGraph graph =
                network(DataType.DOUBLE, InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC), b -> merged(b)
                        .addLayer("bn", batchNorm(), "merge")
                        .setOutputs("bn"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "a-fused", "b-fused", "bn");
    }

    /** The normalisation is not last: DL4J 1.0.0-M2.1 has no workspace for the one that is, behind a MergeVertex. */
    @Test
    void denseLayersTakeInTheirShare() {
        ComputationGraph graph = network(DataType.DOUBLE, InputType.feedForward(5), b -> b.addLayer(
                        "a", new DenseLayer.Builder().nOut(3).build(), "in")
                .addLayer("b", new DenseLayer.Builder().nOut(2).build(), "in")
                .addVertex("merge", new MergeVertex(), "a", "b")
                .addLayer("bn", batchNorm(), "merge")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "bn")
                .setOutputs("tanh"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 3, 5), "a-fused", "b-fused", "bn", "tanh");
    }

    @Test
    void theReportTellsOfIt() {
        ComputationGraph graph =
                images(b -> merged(b).addLayer("bn", batchNorm(), "merge").setOutputs("bn"));
        List<String> rule = List.of("fold into the layer before");
        assertThat(GraphFuser.fuse(graph).report().actions())
                .containsExactlyInAnyOrder(
                        new FusionAction("a-fused", List.of("a", "bn"), rule, "ConvolutionLayer"),
                        new FusionAction("b-fused", List.of("b", "bn"), rule, "CondConv2D"),
                        new FusionAction("bn", List.of("merge", "bn"), rule, "MergeVertex"));
    }

    @Test
    void aFusedNetworkStaysAsItIs() {
        ComputationGraph once = GraphFuser.fuse(images(
                        b -> merged(b).addLayer("bn", batchNorm(), "merge").setOutputs("bn")))
                .graph();
        assertThat(GraphFuser.fuse(once).report().actions()).isEmpty();
    }

    @Test
    void staysWhereOneOfThemAppliesAnActivation() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(3, 2), "in")
                .addLayer(
                        "b",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(3)
                                .activation(Activation.RELU)
                                .build(),
                        "in")
                .addVertex("merge", new MergeVertex(), "a", "b")
                .addLayer("bn", batchNorm(), "merge")
                .setOutputs("bn"));
        assertStays(
                graph,
                batch(graph),
                "bn",
                "\"merge\" before it concatenates what cannot take it in: \"b\" applies the activation relu first");
    }

    @Test
    void staysWhereOneOfThemIsReadByOthers() {
        ComputationGraph graph = images(b -> merged(b)
                .addLayer("bn", batchNorm(), "merge")
                .addVertex("other", new ScaleVertex(2), "a")
                .setOutputs("bn", "other"));
        assertStays(graph, batch(graph), "bn", "\"a\" is read by \"other\" too");
    }

    @Test
    void staysWhereTheNetworksInputIsAmongThem() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(3, 2), "in")
                .addVertex("merge", new MergeVertex(), "a", "in")
                .addLayer("bn", batchNorm(), "merge")
                .setOutputs("bn"));
        assertStays(graph, batch(graph), "bn", "it reads the network's input \"in\"");
    }

    private static GraphBuilder merged(GraphBuilder builder) {
        return builder.addLayer("a", convolution(3, 2), "in")
                .addLayer("b", new CondConv2D.Builder(3).nOut(3).numExperts(2).build(), "in")
                .addVertex("merge", new MergeVertex(), "a", "b");
    }
}
