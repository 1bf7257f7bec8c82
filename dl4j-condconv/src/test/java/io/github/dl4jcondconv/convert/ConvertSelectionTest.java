package io.github.dl4jcondconv.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** Which convolutions are replaced, what goes with them, and what the report says of the others. */
class ConvertSelectionTest {
    private static final Convert ACB = Convert.to(AsymmetricConvBlock.Builder::new);

    private static ComputationGraphConfiguration network(Consumer<GraphBuilder> body) {
        return network(InputType.convolutional(12, 12, 2), body);
    }

    private static ComputationGraphConfiguration network(InputType input, Consumer<GraphBuilder> body) {
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .setOutputs("last")
                .validateOutputLayerConfig(false);
        body.accept(builder);
        return builder.build();
    }

    private static ConvolutionLayer.Builder conv(int... k) {
        return new ConvolutionLayer.Builder(k).nOut(2);
    }

    /** A convolution of each window, then a residual block with a shortcut. */
    private static ComputationGraphConfiguration chain() {
        return network(b -> b.addLayer("c7", conv(7, 7).build(), "in")
                .addLayer("c5", conv(5, 5).build(), "c7")
                .addLayer("c1", conv(1, 1).build(), "c5")
                .addLayer("c3x1", conv(3, 1).build(), "c1")
                .addLayer("c3", conv(3, 3).build(), "c3x1")
                .addLayer("shortcut", conv(3, 3).build(), "c1")
                .addVertex("last", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c3", "shortcut"));
    }

    private static List<String> replaced(Convert convert, ComputationGraphConfiguration configuration) {
        return convert.convert(configuration).report().replaced().stream()
                .map(Replacement::vertex)
                .toList();
    }

    private static <T extends Layer> T layer(Class<T> type, ComputationGraphConfiguration configuration, String name) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return type.cast(graph.getLayer(name).conf().getLayer());
    }

    @Test
    void asymmetricBlocksReplaceSquareWindowsBelow7ByDefault() {
        assertThat(replaced(ACB, chain())).containsExactlyInAnyOrder("c5", "c3", "shortcut");
    }

    @Test
    void conditionalConvolutionsReplaceAllWindowsByDefault() {
        assertThat(replaced(Convert.to(CondConv2D.Builder::new), chain()))
                .containsExactlyInAnyOrder("c7", "c5", "c1", "c3x1", "c3", "shortcut");
    }

    @Test
    void aLargeWindowIsReplacedByName() {
        assertThat(replaced(ACB.layers("c7"), chain())).containsExactly("c7");
    }

    @Test
    void aPredicateChoosesByNameAndConfiguration() {
        assertThat(replaced(ACB.where((name, c) -> c.getKernelSize()[0] == 7 || name.equals("c3")), chain()))
                .containsExactly("c7", "c3");
    }

    @Test
    void fromADepthOnBranchesOfThatDepthAreIn() {
        assertThat(replaced(ACB.from("c3x1"), chain())).containsExactlyInAnyOrder("c3", "shortcut");
    }

    @Test
    void fromAVertexWithoutConvolutionTheNextOnesAreTheFirst() {
        ComputationGraphConfiguration network =
                network(b -> b.addLayer("c1", conv(3, 3).build(), "in")
                        .addLayer("act", new ActivationLayer(Activation.RELU), "c1")
                        .addLayer("last", conv(3, 3).build(), "act"));
        assertThat(replaced(ACB.from("act"), network)).containsExactly("last");
    }

    @Test
    void restrictionsAddUp() {
        assertThat(replaced(ACB.from("c1").where((name, c) -> !name.equals("c3")), chain()))
                .containsExactly("shortcut");
    }

    static Stream<Arguments> leftAlone() {
        return Stream.of(
                Arguments.of(conv(1, 1).build(), "a window of 1x1, not square and odd, from 3x3"),
                Arguments.of(conv(4, 4).build(), "a window of 4x4, not square and odd, from 3x3"),
                Arguments.of(
                        conv(7, 7).build(),
                        "a window of 7x7, not below 7x7: name the layer, or choose it by predicate"),
                Arguments.of(
                        new DepthwiseConvolution2D.Builder(3, 3).build(),
                        "a DepthwiseConvolution2D, not a ConvolutionLayer"),
                Arguments.of(
                        new SeparableConvolution2D.Builder(3, 3).nOut(2).build(),
                        "a SeparableConvolution2D, not a ConvolutionLayer"),
                Arguments.of(
                        new Deconvolution2D.Builder(3, 3).nOut(2).build(), "a Deconvolution2D, not a ConvolutionLayer"),
                Arguments.of(new FrozenLayer(conv(3, 3).build()), "frozen"),
                Arguments.of(
                        conv(3, 3).weightNoise(new DropConnect(0.5)).build(),
                        "weight noise (DropConnect), which only layers of DL4J have"),
                Arguments.of(
                        conv(3, 3)
                                .constrainWeights(new MaxNormConstraint(2, 1, 2, 3))
                                .build(),
                        "constraints, which are stated for its own weights"));
    }

    @ParameterizedTest
    @MethodSource("leftAlone")
    void theReportSaysWhyAConvolutionStays(Layer layer, String reason) {
        Conversion<?> conversion = ACB.convert(network(b -> b.addLayer("last", layer, "in")));
        assertThat(conversion.report().stayed()).isEqualTo(Map.of("last", reason));
    }

    @Test
    void weightNetStaysAwayFromFiltersThatItsGroupsDoNotDivide() {
        ComputationGraphConfiguration network = network(
                InputType.convolutional(12, 12, 1),
                b -> b.addLayer("last", conv(3, 3).build(), "in"));
        assertThat(Convert.to(WeightNetConv2D.Builder::new)
                        .convert(network)
                        .report()
                        .stayed())
                .isEqualTo(Map.of("last", "filters of nIn * kH * kW = 9 weights, which g = 2 does not divide"));
    }

    private static ComputationGraphConfiguration normalised(ConvolutionLayer conv, BatchNormalization norm) {
        return network(b -> b.addLayer("conv", conv, "in")
                .addLayer("norm", norm, "conv")
                .addLayer("last", new ActivationLayer(Activation.RELU), "norm"));
    }

    @Test
    void anAsymmetricBlockTakesInTheNormalisationAndItsName() {
        ComputationGraphConfiguration network =
                normalised(conv(3, 3).build(), new BatchNormalization.Builder().build());
        assertThat(ACB.convert(network).report().replaced())
                .containsExactly(new Replacement("norm", List.of("conv", "norm"), "AsymmetricConvBlock", "fresh"));
    }

    static Stream<Arguments> normalisations() {
        BatchNormalization plain = new BatchNormalization.Builder().build();
        return Stream.of(
                Arguments.of(
                        normalised(conv(3, 3).activation(Activation.RELU).build(), plain),
                        "\"conv\" applies the activation relu first"),
                Arguments.of(
                        normalised(conv(3, 3).build(), new BatchNormalization.Builder(true).build()),
                        "it locks gamma and beta"),
                Arguments.of(
                        network(b -> b.addLayer("conv", conv(3, 3).build(), "in")
                                .addLayer("norm", plain, "conv")
                                .addVertex("last", new MergeVertex(), "norm", "conv")),
                        "\"conv\" is read by \"last\" too"));
    }

    @ParameterizedTest
    @MethodSource("normalisations")
    void aNormalisationThatCannotBeTakenInStaysBesideTheBlock(ComputationGraphConfiguration network, String reason) {
        ConversionReport report = ACB.convert(network).report();
        assertThat(report.replaced()).extracting(Replacement::from).containsExactly(List.of("conv"));
        assertThat(report.stayed()).isEqualTo(Map.of("norm", reason));
    }

    @Test
    void theBlockHasTheConvolutionsSettings() {
        ConvolutionLayer conv = conv(3, 3)
                .stride(2, 1)
                .dilation(1, 2)
                .activation(Activation.SWISH)
                .updater(new Adam(0.02))
                .l2(0.3)
                .dropOut(0.7)
                .biasInit(0.1)
                .build();
        CondConv2D block = layer(
                CondConv2D.class,
                Convert.to(CondConv2D.Builder::new)
                        .convert(network(
                                InputType.convolutional(12, 12, 2, CNN2DFormat.NHWC),
                                b -> b.addLayer("last", conv, "in")))
                        .network(),
                "last");
        CondConv2D expected = new CondConv2D.Builder(3, 3)
                .name("last")
                .nIn(2)
                .nOut(2)
                .stride(2, 1)
                .dilation(1, 2)
                .convolutionMode(ConvolutionMode.Same)
                .dataFormat(CNN2DFormat.NHWC)
                .activation(Activation.SWISH)
                .weightInit(conv.getWeightInitFn())
                .updater(new Adam(0.02))
                .l2(0.3)
                .dropOut(0.7)
                .biasInit(0.1)
                .build();
        expected.setGradientNormalization(block.getGradientNormalization());
        expected.setGradientNormalizationThreshold(block.getGradientNormalizationThreshold());
        expected.setWeightInitFn(block.getWeightInitFn());
        assertThat(block).isEqualTo(expected);
    }

    @Test
    void epsAndDecayOfTheNormalisationGoIntoTheBlock() {
        BatchNormalization norm =
                new BatchNormalization.Builder().eps(0.01).decay(0.7).build();
        AsymmetricConvBlock block = layer(
                AsymmetricConvBlock.class,
                ACB.convert(normalised(conv(3, 3).build(), norm)).network(),
                "norm");
        assertThat(List.of(block.getEps(), block.getDecay())).containsExactly(0.01, 0.7);
    }

    @Test
    void aPreProcessorStaysBeforeTheBlock() {
        ComputationGraphConfiguration network = network(
                InputType.feedForward(72),
                b -> b.addLayer("last", conv(3, 3).nIn(2).build(), new FeedForwardToCnnPreProcessor(6, 6, 2), "in"));
        ComputationGraph graph = new ComputationGraph(ACB.convert(network).network());
        graph.init();
        assertThat(graph.outputSingle(SmallNets.batchOf(InputType.feedForward(72), DataType.FLOAT, 3))
                        .shape())
                .containsExactly(3, 2, 6, 6);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("cannot convert: the network has no vertex \"c9\"", () -> ACB.layers("c9")
                        .convert(chain())),
                mistake("cannot convert: the network has no vertex \"c9\"", () -> ACB.from("c9")
                        .convert(chain())),
                mistake(
                        "cannot convert vertex \"last\": a ElementWiseVertex, not a ConvolutionLayer",
                        () -> ACB.layers("last").convert(chain())),
                mistake(
                        "cannot convert vertex \"c1\": a window of 1x1, not square and odd, from 3x3",
                        () -> ACB.layers("c1").convert(chain())),
                mistake(
                        "cannot convert: the network is not initialised; call init() first",
                        () -> ACB.convert(new ComputationGraph(chain()))),
                mistake(
                        "cannot convert: the network is not initialised; call init() first",
                        () -> ACB.convert(new MultiLayerNetwork(layersInARow()))),
                mistake(
                        "Convert: the block is DepthwiseCondConv2D, allowed: AsymmetricConvBlock, CondConv2D or"
                                + " WeightNetConv2D",
                        () -> Convert.to(DepthwiseCondConv2D.Builder::new)),
                mistake(
                        "Convert: routing is SHARED, allowed: SIGMOID or SOFTMAX, since every convolution gets its own"
                                + " router",
                        () -> Convert.to(() -> new CondConv2D.Builder().routing(Routing.shared()))),
                mistake(
                        "Convert: sharedContext is true, allowed: false, since every convolution gets its own context",
                        () -> Convert.to(() -> new WeightNetConv2D.Builder().sharedContext(true))),
                mistake(
                        "CondConv2D: numExperts is 0, allowed: at least 1",
                        () -> Convert.to(() -> new CondConv2D.Builder().numExperts(0))));
    }

    private static MultiLayerConfiguration layersInARow() {
        return SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                .list()
                .layer(conv(3, 3).nIn(2).build())
                .layer(conv(5, 5).nIn(2).build())
                .validateOutputLayerConfig(false)
                .build();
    }

    @Test
    void layersInARowBecomeVerticesThatBearTheirNumbers() {
        MultiLayerNetwork network = new MultiLayerNetwork(layersInARow());
        network.init();
        assertThat(ACB.convert(network).report().replaced())
                .extracting(Replacement::vertex)
                .containsExactly("0", "1");
    }

    private static Arguments mistake(String message, ThrowingCallable action) {
        return Arguments.of(message, action);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeOfTheUserFailsWithOneLine(String message, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void theReportIsATableOfWhatWasReplacedAndOneOfWhatStayed() {
        assertThat(ACB.layers("c5").convert(chain()).report().toString().lines())
                .contains(
                        "vertex  became               from  weights",
                        "c5      AsymmetricConvBlock  c5    fresh",
                        "stayed    because",
                        "c7        not among the layers named");
    }
}
