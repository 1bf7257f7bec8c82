package io.github.dl4jcondconv.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** On images of one value, whose routing weights are known: routing weights 1 and -1 of one channel, no bias. */
class RoutingStudyTest {
    // three roundings of a number below 1 in float
    private static final double ROUNDING = 1e-6;
    private static final InputType IMAGE = InputType.convolutional(4, 4, 1);

    private static DataSet image(double value, int label) {
        INDArray oneHot = Nd4j.zeros(DataType.FLOAT, 1, 3);
        oneHot.putScalar(0, label, 1);
        return new DataSet(Nd4j.valueArrayOf(new long[] {1, 1, 4, 4}, value, DataType.FLOAT), oneHot);
    }

    /** Two images of class 0, one of class 1, none of class 2, in batches of two. */
    private static DataSetIterator images() {
        return new ListDataSetIterator<>(List.of(image(2, 0), image(-1, 1), image(0.5, 0)), 2);
    }

    private static ComputationGraph routed(Layer layer, InputType input) {
        ComputationGraph graph = SmallNets.alone(layer, DataType.FLOAT, input);
        graph.getParam("layer_routingW").getColumn(0).assign(1);
        graph.getParam("layer_routingW").getColumn(1).assign(-1);
        return graph;
    }

    private static RoutingStudy study() {
        return RoutingStudy.of(routed(condConv(), IMAGE), images());
    }

    private static CondConv2D condConv() {
        return new CondConv2D.Builder(3).nOut(2).numExperts(2).build();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static Stream<Arguments> layersWithRouters() {
        return Stream.of(
                Arguments.of(condConv()),
                Arguments.of(new FrozenLayer(condConv())),
                Arguments.of(new DepthwiseCondConv2D.Builder(3).numExperts(2).build()),
                Arguments.of(new Router.Builder().numExperts(2).build()));
    }

    @ParameterizedTest
    @MethodSource("layersWithRouters")
    void everyKindOfLayerWithARouterTellsItsWeights(Layer layer) {
        RoutingStudy study = RoutingStudy.of(routed(layer, IMAGE), images());
        assertThat(study.weights("layer").toDoubleMatrix()).satisfies(weights -> {
            assertThat(weights[0]).containsExactly(new double[] {sigmoid(2), sigmoid(-2)}, within(ROUNDING));
            assertThat(weights[1]).containsExactly(new double[] {sigmoid(-1), sigmoid(1)}, within(ROUNDING));
            assertThat(weights[2]).containsExactly(new double[] {sigmoid(0.5), sigmoid(-0.5)}, within(ROUNDING));
        });
    }

    @Test
    void aDenseLayerTellsItsWeights() {
        CondDense dense = new CondDense.Builder().nOut(2).numExperts(2).build();
        ComputationGraph graph = routed(dense, InputType.feedForward(1));
        INDArray weights = RoutingWeights.of(graph, Nd4j.valueArrayOf(new long[] {1, 1}, 2f))
                .get("layer");
        assertThat(weights.toDoubleVector()).containsExactly(new double[] {sigmoid(2), sigmoid(-2)}, within(ROUNDING));
    }

    @Test
    void imagesMayHaveTheirChannelsLast() {
        InputType last = InputType.convolutional(4, 4, 1, CNN2DFormat.NHWC);
        INDArray batch = Nd4j.valueArrayOf(new long[] {1, 4, 4, 1}, 2, DataType.FLOAT);
        assertThat(RoutingWeights.of(routed(condConv(), last), batch)
                        .get("layer")
                        .getDouble(0))
                .isCloseTo(sigmoid(2), within(ROUNDING));
    }

    @Test
    void aSharedRouterIsAskedOnce() {
        CondConv2D shared = new CondConv2D.Builder(3)
                .nOut(2)
                .numExperts(2)
                .routing(Routing.shared())
                .build();
        ComputationGraph graph = SmallNets.built(SmallNets.withSource(
                shared,
                new Router.Builder().numExperts(2).build(),
                SmallNets.global(DataType.FLOAT, new NoOp()),
                IMAGE));
        assertThat(RoutingStudy.of(graph, images()).layers()).containsExactly("source");
    }

    @Test
    void meansAreTakenOverTheImagesOfEachClass() {
        INDArray means = study().meanByClass("layer");
        assertThat(means.getDouble(0, 0)).isCloseTo((sigmoid(2) + sigmoid(0.5)) / 2, within(ROUNDING));
        assertThat(means.getDouble(1, 0)).isCloseTo(sigmoid(-1), within(ROUNDING));
        assertThat(means.getDouble(2, 0)).isNaN();
    }

    /** sigmoid of 2, -1 and 0.5 is 0.88, 0.27 and 0.62. */
    @Test
    void theHistogramCountsImagesByWeight() {
        assertThat(study().histogram("layer", 4)).isDeepEqualTo(new int[][] {{0, 1, 1, 1}, {1, 1, 1, 0}});
    }

    @Test
    void aWeightOfOneBelongsToTheLastBin() {
        ComputationGraph graph = routed(condConv(), IMAGE);
        DataSetIterator large = new ListDataSetIterator<>(List.of(image(1000, 0)), 1);
        assertThat(RoutingStudy.of(graph, large).histogram("layer", 4)[0]).containsExactly(0, 0, 0, 1);
    }

    @Test
    void favouritesAreTheImagesOfTheLargestWeights() {
        assertThat(study().favourites("layer", 0, 2)).containsExactly(0, 2);
        assertThat(study().favourites("layer", 1, 9)).containsExactly(1, 2, 0);
    }

    @Test
    void whereTheClassDecidesItsShareIsOne() {
        DataSetIterator images = new ListDataSetIterator<>(List.of(image(2, 0), image(-1, 1), image(2, 0)), 3);
        assertThat(RoutingStudy.of(routed(condConv(), IMAGE), images).classShare("layer"))
                .isCloseTo(1, within(ROUNDING));
    }

    /** Values are spread alike in both classes. */
    @Test
    void whereTheClassDoesNotMatterItsShareIsNone() {
        DataSetIterator images =
                new ListDataSetIterator<>(List.of(image(2, 0), image(-1, 0), image(2, 1), image(-1, 1)), 3);
        assertThat(RoutingStudy.of(routed(condConv(), IMAGE), images).classShare("layer"))
                .isCloseTo(0, within(ROUNDING));
    }

    @Test
    void aNetworkWithoutRoutingHasNoLayersToShow() {
        ComputationGraph plain = SmallNets.alone(new ActivationLayer(Activation.RELU), DataType.FLOAT, IMAGE);
        assertThat(RoutingStudy.of(plain, images()).layers()).isEmpty();
    }
}
