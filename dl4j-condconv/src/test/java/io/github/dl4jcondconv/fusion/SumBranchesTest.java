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
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.L2Regularization;

class SumBranchesTest {

    static Stream<Arguments> mixes() {
        return Stream.of(
                mix("asymmetric block by hand", conv(3, 3), conv(1, 3), conv(3, 1)),
                mix("square and point", conv(3, 3), conv(1, 1)),
                mix("point first", conv(1, 1), conv(5, 5)),
                mix("sides only", conv(1, 3), conv(3, 1)),
                mix("even windows", conv(4, 4), conv(2, 2)),
                mix(
                        "strides, windows from the stride's size",
                        conv(5, 5).stride(2, 2),
                        conv(3, 3).stride(2, 2)),
                mix(
                        "dilation",
                        conv(3, 3).dilation(2, 2),
                        conv(1, 1),
                        conv(1, 3).dilation(1, 2)),
                mix("explicit padding", padded(2, 5), padded(1, 3), padded(0, 1)),
                mix(
                        "explicit padding and strides",
                        padded(1, 3).stride(2, 2),
                        padded(0, 1).stride(2, 2)),
                mix("no padding, smaller window inside", padded(0, 3), padded(0, 3)),
                mix("Same mode and the padding it means", conv(3, 3), padded(2, 5), padded(0, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mixes")
    void convolutionsOfOneVertexBecomeOne(String name, List<ConvolutionLayer.Builder> branches) {
        for (int size : new int[] {9, 10}) {
            ComputationGraph graph = network(DataType.DOUBLE, InputType.convolutional(size, size, CHANNELS), b -> {
                String[] names = new String[branches.size()];
                for (int i = 0; i < names.length; i++) {
                    names[i] = "branch" + i;
                    b.addLayer(names[i], branches.get(i).nOut(4).build(), "in");
                }
                b.addVertex("sum", new ElementWiseVertex(Op.Add), names).setOutputs("sum");
            });
            assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, CHANNELS, size, size), "sum");
        }
    }

    static Stream<Arguments> apart() {
        return Stream.of(
                mix(
                        "a point that Same mode puts elsewhere",
                        conv(3, 3).stride(2, 2),
                        conv(1, 1).stride(2, 2)),
                mix("other dilation", conv(3, 3).dilation(2, 2), conv(3, 3)),
                mix(
                        "Same mode and a padding of its own",
                        conv(3, 3).stride(2, 2),
                        padded(1, 3).stride(2, 2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("apart")
    void windowsWithoutACommonCentreStay(String name, List<ConvolutionLayer.Builder> branches) {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("a", branches.get(0).nOut(4).build(), "in")
                        .addLayer("b", branches.get(1).nOut(4).build(), "in"),
                "a",
                "b"));
        assertStays(graph, batch(graph), "sum", "differ in stride, dilation or the centres of their windows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOUBLE", "FLOAT"})
    void aRepVggBlockBecomesOneConvolution(String type) {
        ComputationGraph graph = images(
                DataType.valueOf(type),
                b -> sum(
                        b.addLayer("entrance", relu(convolution(3, 4)), "in")
                                .addLayer("c3", convolution(3, 4), "entrance")
                                .addLayer("bn3", batchNorm(), "c3")
                                .addLayer("c1", convolution(1, 4), "entrance")
                                .addLayer("bn1", batchNorm(), "c1")
                                .addLayer("bn0", batchNorm(), "entrance"),
                        "bn3",
                        "bn1",
                        "bn0"));
        assertFusesTo(graph, batch(graph), "entrance", "sum");
    }

    @Test
    void aPlainIdentityIsABranch() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("entrance", relu(convolution(3, 4)), "in").addLayer("c3", convolution(3, 4), "entrance"),
                "c3",
                "entrance"));
        assertFusesTo(graph, batch(graph), "entrance", "sum");
    }

    @Test
    void anIdentityOfTheNetworksInputIsABranch() {
        ComputationGraph graph = images(b -> sum(b.addLayer("c3", convolution(3, CHANNELS), "in"), "in", "c3"));
        assertFusesTo(graph, batch(graph), "sum");
    }

    @Test
    void aDiverseBranchBlockWithoutPaddingBecomesOneConvolution() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("k", padded(0, 3).nOut(4).build(), "in")
                        .addLayer("kbn", batchNorm(), "k")
                        .addLayer("p", convolution(1, 4), "in")
                        .addLayer("pbn", batchNorm(), "p")
                        .addLayer("pk", padded(0, 3).nOut(4).build(), "pbn")
                        .addLayer("pkbn", batchNorm(), "pk")
                        .addLayer("a", convolution(1, 4), "in")
                        .addLayer("abn", batchNorm(), "a")
                        .addLayer("avg", average(3, 0).build(), "abn")
                        .addLayer("avgbn", batchNorm(), "avg"),
                "kbn",
                "pkbn",
                "avgbn"));
        assertFusesTo(graph, batch(graph), "sum");
    }

    @Test
    void anAverageThatCountsPaddingIsABranch() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("c3", convolution(3, CHANNELS), "in")
                        .addLayer(
                                "avg",
                                average(3, 1).avgPoolIncludePadInDivisor(true).build(),
                                "in"),
                "c3",
                "avg"));
        assertFusesTo(graph, batch(graph), "sum");
    }

    @Test
    void anAverageThatLeavesPaddingOutStays() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("c3", convolution(3, CHANNELS), "in")
                        .addLayer("avg", average(3, 1).build(), "in"),
                "c3",
                "avg"));
        assertStays(graph, batch(graph), "sum", "\"avg\", a SubsamplingLayer, is no convolution");
    }

    @Test
    void channelsLastBranchesBecomeOne() {
        ComputationGraph graph = network(
                DataType.DOUBLE,
                InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC),
                b -> sum(
                        b.addLayer("c3", convolution(3, CHANNELS), "in")
                                .addLayer("c1", convolution(1, CHANNELS), "in")
                                .addLayer("bn", batchNorm(), "in"),
                        "c3",
                        "c1",
                        "bn"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE, SIZE, CHANNELS), "sum");
    }

    @Test
    void branchesOfAFlatImageKeepItsPreprocessor() {
        ComputationGraph graph = network(
                DataType.DOUBLE,
                InputType.convolutionalFlat(SIZE, SIZE, CHANNELS),
                b -> sum(
                        b.addLayer("c3", convolution(3, 4), "in").addLayer("c1", convolution(1, 4), "in"), "c3", "c1"));
        assertFusesTo(graph, Nd4j.randn(DataType.DOUBLE, 2, SIZE * SIZE * CHANNELS), "sum");
    }

    @Test
    void theSumTakesInWhatFollows() {
        ComputationGraph graph = images(
                b -> sum(b.addLayer("c3", convolution(3, 4), "in").addLayer("c1", convolution(1, 4), "in"), "c3", "c1")
                        .addLayer("bn", batchNorm(), "sum")
                        .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
                        .setOutputs("relu"));
        assertFusesTo(graph, batch(graph), "relu");
    }

    @Test
    void aSumOfSumsBecomesOne() {
        ComputationGraph graph = images(b -> b.addLayer("c3", convolution(3, 4), "in")
                .addLayer("c1", convolution(1, 4), "in")
                .addVertex("inner", new ElementWiseVertex(Op.Add), "c3", "c1")
                .addLayer("c5", convolution(5, 4), "in")
                .addVertex("outer", new ElementWiseVertex(Op.Add), "inner", "c5")
                .setOutputs("outer"));
        assertFusesTo(graph, batch(graph), "outer");
    }

    @Test
    void aBranchWithAnActivationStays() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("c3", relu(convolution(3, 4)), "in").addLayer("c1", convolution(1, 4), "in"), "c3", "c1"));
        assertStays(graph, batch(graph), "sum", "\"c3\" applies the activation relu first");
    }

    @Test
    void aBranchThatIsAnOutputStays() {
        ComputationGraph graph = images(
                b -> sum(b.addLayer("c3", convolution(3, 4), "in").addLayer("c1", convolution(1, 4), "in"), "c3", "c1")
                        .setOutputs("sum", "c1"));
        assertStays(graph, batch(graph), "sum", "\"c1\" is an output of the network");
    }

    @Test
    void branchesThatAreBroadcastStay() {
        // DL4J lets only a network pass that is built without InputType
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("in")
                .addLayer("c3", padded(1, 3).nIn(CHANNELS).nOut(4).build(), "in")
                .addLayer("c1", padded(0, 1).nIn(CHANNELS).nOut(1).build(), "in");
        ComputationGraph graph = new ComputationGraph(sum(builder, "c3", "c1").build());
        graph.init();
        assertStays(graph, batch(graph), "sum", "its branches differ in channels");
    }

    @Test
    void aPaddedRowOfConvolutionsWithABiasStays() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("c3", convolution(3, 4), "in")
                        .addLayer("c1", convolution(1, 8), "in")
                        .addLayer("c13", convolution(3, 4), "c1"),
                "c3",
                "c13"));
        assertStays(graph, batch(graph), "sum", "the branch \"c1\", \"c13\" is not one convolution");
    }

    @Test
    void aShortcutAroundAnActivationIsNobodysBranch() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("a", relu(convolution(3, 4)), "in")
                        .addLayer("b", relu(convolution(3, 4)), "a")
                        .addLayer("c", convolution(3, 4), "b"),
                "c",
                "a"));
        assertThat(GraphFuser.fuse(graph).report().stayed()).isEmpty();
    }

    @Test
    void otherOperationsAreNoSum() {
        ComputationGraph graph = images(b -> b.addLayer("c3", convolution(3, 4), "in")
                .addLayer("c1", convolution(1, 4), "in")
                .addVertex("product", new ElementWiseVertex(Op.Product), "c3", "c1")
                .setOutputs("product"));
        assertFusesTo(graph, batch(graph), "c3", "c1", "product");
    }

    @Test
    void theLargestConvolutionLendsItsSettings() {
        ComputationGraph graph = images(b -> sum(
                b.addLayer("c1", conv(1, 1).nOut(4).l2(0.25).build(), "in")
                        .addLayer("c3", conv(3, 3).nOut(4).l2(0.5).build(), "in"),
                "c1",
                "c3"));
        ConvolutionLayer layer = (ConvolutionLayer)
                GraphFuser.fuse(graph).graph().getLayer("sum").conf().getLayer();
        assertThat(layer.getRegularization()).containsExactly(new L2Regularization(0.5));
    }

    private static Arguments mix(String name, ConvolutionLayer.Builder... branches) {
        return Arguments.of(name, List.of(branches));
    }

    private static ConvolutionLayer.Builder conv(int kH, int kW) {
        return new ConvolutionLayer.Builder(kH, kW);
    }

    private static ConvolutionLayer.Builder padded(int padding, int k) {
        return conv(k, k).padding(padding, padding).convolutionMode(ConvolutionMode.Truncate);
    }

    private static SubsamplingLayer.Builder average(int k, int padding) {
        return new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(k, k)
                .stride(1, 1)
                .padding(padding, padding)
                .convolutionMode(ConvolutionMode.Truncate);
    }

    private static Layer relu(ConvolutionLayer layer) {
        layer.setActivationFn(Activation.RELU.getActivationFunction());
        return layer;
    }

    private static GraphBuilder sum(GraphBuilder builder, String... branches) {
        return builder.addVertex("sum", new ElementWiseVertex(Op.Add), branches).setOutputs("sum");
    }
}
