package io.github.dl4jcondconv.fusion;

import static io.github.dl4jcondconv.fusion.FusionAssertions.assertFusesTo;
import static io.github.dl4jcondconv.fusion.FusionAssertions.assertStays;
import static io.github.dl4jcondconv.fusion.Networks.batch;
import static io.github.dl4jcondconv.fusion.Networks.batchNorm;
import static io.github.dl4jcondconv.fusion.Networks.convolution;
import static io.github.dl4jcondconv.fusion.Networks.images;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;

class ComposeOneByOneTest {

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of(
                        "1x1, then 3x3 without padding",
                        conv(1, 8).build(),
                        unpadded(8).build()),
                Arguments.of(
                        "1x1, then 3x3 with strides and dilation",
                        conv(1, 8).build(),
                        unpadded(8).stride(2, 2).dilation(2, 1).build()),
                Arguments.of(
                        "1x1 without bias, then 3x3 with padding",
                        conv(1, 8).hasBias(false).build(),
                        conv(3, 8).build()),
                Arguments.of(
                        "3x3 with padding, then 1x1",
                        conv(3, 8).build(),
                        conv(1, 4).build()),
                Arguments.of(
                        "3x3 with strides, then 1x1 with an activation",
                        conv(3, 8).stride(2, 1).build(),
                        conv(1, 4).activation(Activation.TANH).build()),
                Arguments.of("1x1, then 1x1", conv(1, 8).build(), conv(1, 4).build()),
                Arguments.of(
                        "1x1, then 1x1 with strides",
                        conv(1, 8).build(),
                        conv(1, 4).stride(2, 2).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void becomeOneConvolution(String name, ConvolutionLayer first, ConvolutionLayer second) {
        ComputationGraph graph = row(first, second);
        assertFusesTo(graph, batch(graph), "second");
    }

    static Stream<Arguments> apart() {
        return Stream.of(
                Arguments.of(
                        "1x1 with a bias before padding",
                        conv(1, 8).build(),
                        conv(3, 8).build()),
                Arguments.of("two 3x3", unpadded(8).build(), unpadded(8).build()),
                Arguments.of(
                        "1x1 with strides first",
                        conv(1, 8).stride(2, 2).build(),
                        unpadded(8).build()),
                Arguments.of(
                        "3x3, then 1x1 with strides",
                        conv(3, 8).build(),
                        conv(1, 4).stride(2, 2).build()),
                Arguments.of(
                        "an activation between",
                        conv(1, 8).activation(Activation.RELU).build(),
                        unpadded(8).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("apart")
    void stayTwo(String name, ConvolutionLayer first, ConvolutionLayer second) {
        ComputationGraph graph = row(first, second);
        assertFusesTo(graph, batch(graph), "first", "second");
    }

    @Test
    void aBottleneckIsCheaperAsTwo() {
        ComputationGraph graph = row(conv(1, 1).build(), conv(1, 8).build());
        assertStays(graph, batch(graph), "second", "one convolution instead of it and \"first\" would cost more");
    }

    @Test
    void threeInARowBecomeOne() {
        ComputationGraph graph = images(b -> b.addLayer("a", convolution(1, 8), "in")
                .addLayer("b", unpadded(8).build(), "a")
                .addLayer("c", convolution(1, 4), "b")
                .setOutputs("c"));
        assertFusesTo(graph, batch(graph), "c");
    }

    /** Composed first, the convolution pads, and the normalisation in front of it could not be folded any more. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aNormalisationInFrontComesFirstWhateverTheOrderOfRules(long seed) {
        List<FusionRule> rules = new ArrayList<>(GraphFuser.RULES);
        Collections.shuffle(rules, new Random(seed));
        ComputationGraph graph = images(
                b -> b.addLayer("relu", conv(3, 4).activation(Activation.RELU).build(), "in")
                        .addLayer("bn", batchNorm(), "relu")
                        .addLayer("first", conv(1, 8).hasBias(false).build(), "bn")
                        .addLayer("second", conv(3, 8).build(), "first")
                        .setOutputs("second"));
        assertThat(GraphFuser.fuse(rules, graph).graph().getConfiguration().getVertices())
                .containsOnlyKeys("relu", "first", "second");
    }

    private static ConvolutionLayer.Builder conv(int k, int nOut) {
        return new ConvolutionLayer.Builder(k, k).nOut(nOut);
    }

    private static ConvolutionLayer.Builder unpadded(int nOut) {
        return conv(3, nOut).convolutionMode(ConvolutionMode.Truncate);
    }

    private static ComputationGraph row(ConvolutionLayer first, ConvolutionLayer second) {
        return images(b -> b.addLayer("first", first, "in")
                .addLayer("second", second, "first")
                .setOutputs("second"));
    }
}
