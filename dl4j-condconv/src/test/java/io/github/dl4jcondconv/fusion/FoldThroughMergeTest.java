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

import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class FoldThroughMergeTest {

    @Test
    void normalisationsOfAllBranchesMoveIntoTheConvolutionAfter() {
        ComputationGraph graph = inception(b -> b.addLayer("next", convolution(1, 5), "merge"));
        assertFusesTo(graph, batch(graph), "a", "b", "merge-fused", "next");
    }

    @Test
    void theChannelsOfOtherBranchesStayAsTheyAre() {
        ComputationGraph graph = images(b -> branches(b)
                .addLayer("c", relu(4), "in")
                .addVertex("merge", new MergeVertex(), "c", "bnB", "a")
                .addLayer("next", convolution(1, 5), "merge")
                .setOutputs("next", "bnA"));
        assertFusesTo(graph, batch(graph), "a", "bnA", "b", "c", "merge-fused", "next");
    }

    @Test
    void channelsLastImagesMergeAlongTheLastAxis() {
        ComputationGraph graph = network(
                DataType.DOUBLE, InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC), b -> branches(b)
                        .addVertex("merge", new MergeVertex(), "bnA", "bnB")
                        .addLayer("next", convolution(1, 5), "merge")
                        .setOutputs("next"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "a", "b", "merge-fused", "next");
    }

    @Test
    void vectorsMergeForADenseLayer() {
        ComputationGraph graph = network(DataType.DOUBLE, InputType.feedForward(5), b -> b.addLayer("a", dense(3), "in")
                .addLayer("bnA", batchNorm(), "a")
                .addLayer("b", dense(2), "in")
                .addVertex("merge", new MergeVertex(), "bnA", "b")
                .addLayer("next", new DenseLayer.Builder().nOut(2).build(), "merge")
                .setOutputs("next"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 3, 5), "a", "b", "merge-fused", "next");
    }

    @Test
    void aFactorMovesIntoAConvolutionThatPads() {
        ComputationGraph graph = images(b -> branches(b)
                .addVertex("scale", new ScaleVertex(1.5), "a")
                .addVertex("merge", new MergeVertex(), "scale", "b")
                .addLayer("next", convolution(3, 5), "merge")
                .setOutputs("next", "bnA", "bnB"));
        assertThat(GraphFuser.fuse(graph).graph().getConfiguration().getVertices())
                .doesNotContainKey("scale");
    }

    @Test
    void theReportTellsOfIt() {
        ComputationGraph graph = images(b -> branches(b)
                .addVertex("merge", new MergeVertex(), "bnA", "b")
                .addLayer("next", convolution(1, 5), "merge")
                .setOutputs("next", "bnB"));
        assertThat(GraphFuser.fuse(graph).report().actions())
                .contains(new FusionAction(
                        "next",
                        List.of("bnA", "next"),
                        List.of("fold into the layer after the merge"),
                        "ConvolutionLayer"));
    }

    @Test
    void aFusedNetworkStaysAsItIs() {
        ComputationGraph once = GraphFuser.fuse(inception(b -> b.addLayer("next", convolution(1, 5), "merge")))
                .graph();
        assertThat(GraphFuser.fuse(once).report().actions()).isEmpty();
    }

    @Test
    void staysBeforeAConvolutionThatPads() {
        ComputationGraph graph = inception(b -> b.addLayer("next", convolution(3, 5), "merge"));
        assertStays(graph, batch(graph), "bnA", "\"next\" after it pads with zeros");
    }

    @Test
    void staysWhereTheMergeIsReadTwice() {
        ComputationGraph graph = inception(
                b -> b.addLayer("next", convolution(1, 5), "merge").addVertex("other", new ScaleVertex(2), "merge"));
        assertStays(graph, batch(graph), "bnA", "\"merge\" after it is not read by one layer alone");
    }

    @Test
    void staysWhereTheMergeReadsWhatItReads() {
        ComputationGraph graph = images(b -> branches(b)
                .addVertex("merge", new MergeVertex(), "bnA", "a")
                .addLayer("next", convolution(1, 5), "merge")
                .setOutputs("next", "bnB"));
        assertStays(graph, batch(graph), "bnA", "\"merge\" after it reads \"a\", too");
    }

    @Test
    void staysBehindAPreprocessor() {
        ComputationGraph graph =
                network(DataType.DOUBLE, InputType.convolutionalFlat(SIZE, SIZE, CHANNELS), b -> b.addLayer(
                                "bn", batchNorm(), "in")
                        .addLayer("a", relu(2), "in")
                        .addVertex("merge", new MergeVertex(), "bn", "a")
                        .addLayer("next", convolution(1, 5), "merge")
                        .setOutputs("next"));
        assertStays(
                graph,
                Nd4j.randn(DataType.DOUBLE, 2, SIZE * SIZE * CHANNELS),
                "bn",
                "the preprocessor FeedForwardToCnnPreProcessor stands before it");
    }

    @Test
    void staysWhereNothingTellsTheChannelsBesideIt() {
        ComputationGraph graph = images(b -> branches(b)
                .addVertex("merge", new MergeVertex(), "in", "bnA")
                .addLayer("next", convolution(1, 5), "merge")
                .setOutputs("next", "bnB"));
        assertStays(graph, batch(graph), "bnA", "\"merge\" after it does not tell which channels");
    }

    private static ComputationGraph inception(Consumer<GraphBuilder> next) {
        return images(b -> {
            next.accept(branches(b).addVertex("merge", new MergeVertex(), "bnA", "bnB"));
            b.setOutputs(b.getVertices().containsKey("other") ? new String[] {"next", "other"} : new String[] {"next"});
        });
    }

    private static GraphBuilder branches(GraphBuilder builder) {
        return builder.addLayer("a", relu(2), "in")
                .addLayer("bnA", batchNorm(), "a")
                .addLayer("b", relu(3), "in")
                .addLayer("bnB", batchNorm(), "b");
    }

    private static ConvolutionLayer relu(int nOut) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(nOut)
                .activation(Activation.RELU)
                .build();
    }

    private static DenseLayer dense(int nOut) {
        return new DenseLayer.Builder().nOut(nOut).activation(Activation.RELU).build();
    }
}
