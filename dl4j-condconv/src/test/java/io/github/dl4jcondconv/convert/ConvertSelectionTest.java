package io.github.dl4jcondconv.convert;

import static io.github.dl4jcondconv.convert.StockNetworks.ACB;
import static io.github.dl4jcondconv.convert.StockNetworks.chain;
import static io.github.dl4jcondconv.convert.StockNetworks.conv;
import static io.github.dl4jcondconv.convert.StockNetworks.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Which convolutions are replaced, and what the report says of the others. */
class ConvertSelectionTest {
    private static List<String> replaced(Convert convert, ComputationGraphConfiguration configuration) {
        return convert.convert(configuration).report().replaced().stream()
                .map(Replacement::vertex)
                .toList();
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
