package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** What {@link OptionsTest} asks of the first layers, of the families that followed. */
class FamilyOptionsTest {
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);

    private static Arguments bad(String message, ThrowingCallable action) {
        return Arguments.of(message, action);
    }

    static Stream<Arguments> badOptions() {
        return Stream.of(
                bad(
                        "DepthwiseCondConv2D \"layer\": numExperts is 0, allowed: at least 1",
                        network(depthwise().numExperts(0).build(), IMAGE)),
                bad(
                        "DepthwiseCondConv2D \"layer\": depthMultiplier is 0, allowed: at least 1",
                        network(depthwise().depthMultiplier(0).build(), IMAGE)),
                bad(
                        "DepthwiseCondConv2D \"layer\": nOut is 5, allowed: nIn * depthMultiplier = 6 (or leave it out)",
                        network(depthwise().nIn(3).depthMultiplier(2).nOut(5).build(), IMAGE)),
                bad(
                        "CondDense \"layer\": nOut is 0, allowed: at least 1",
                        network(new CondDense.Builder().build(), IMAGE)),
                bad(
                        "CondDense \"layer\": numExperts is -1, allowed: at least 1",
                        network(new CondDense.Builder().nOut(3).numExperts(-1).build(), IMAGE)),
                bad(
                        "Router \"layer\": numExperts is 0, allowed: at least 1",
                        network(new Router.Builder().numExperts(0).build(), IMAGE)),
                bad(
                        "Router \"layer\": previousExperts is -1, allowed: at least 1, or 0 for none",
                        network(new Router.Builder().previousExperts(-1).build(), IMAGE)),
                bad(
                        "Router \"layer\": routing is SHARED, allowed: SIGMOID or SOFTMAX: a router makes the weights",
                        network(new Router.Builder().routing(Routing.shared()).build(), IMAGE)),
                bad(
                        "DepthwiseCondConv2D \"layer\": temperature of the routing is 0.0, allowed: above 0",
                        network(depthwise().routing(Routing.softmax(0)).build(), IMAGE)),
                bad(
                        "Router \"layer\": temperature of the routing is NaN, allowed: above 0",
                        network(
                                new Router.Builder()
                                        .routing(Routing.softmax(Double.NaN))
                                        .build(),
                                IMAGE)),
                bad(
                        "CondDense \"layer\": hidden layer's ratio of the routing is -1.0, allowed: above 0, or 0 for none",
                        network(
                                new CondDense.Builder()
                                        .nOut(3)
                                        .routing(Routing.sigmoid().withHiddenLayer(-1))
                                        .build(),
                                IMAGE)),
                bad(
                        "Router \"layer\": dropOut of the routing is 0.0, allowed: above 0, to 1: the probability of keeping a"
                                + " weight",
                        network(
                                new Router.Builder()
                                        .routing(Routing.sigmoid().withDropOut(0))
                                        .build(),
                                IMAGE)),
                bad(
                        "DepthwiseCondConv2D \"layer\": routing is SHARED, allowed: without hidden layer and dropout, which"
                                + " belong to the Router",
                        network(
                                depthwise()
                                        .routing(Routing.shared().withDropOut(0.5))
                                        .build(),
                                IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": g is 0, allowed: at least 1",
                        network(weightNet().g(0).build(), IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": m is 3, allowed: a multiple of g = 2",
                        network(weightNet().m(3).build(), IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": m is 0, allowed: a multiple of g = 2",
                        network(weightNet().m(0).build(), IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": contextSize is -1, allowed: at least 1, or 0 for max(16, nIn / 16)",
                        network(weightNet().contextSize(-1).build(), IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": g is 2, allowed: a divisor of nIn * kH * kW = 27",
                        network(weightNet().nIn(3).build(), IMAGE)),
                bad(
                        "SqueezeExcitation \"layer\": reductionRatio is 0, allowed: at least 1",
                        network(
                                new SqueezeExcitation.Builder()
                                        .reductionRatio(0)
                                        .build(),
                                IMAGE)),
                bad(
                        "SqueezeExcitation \"layer\": hiddenActivation is TANH, allowed: RELU or SWISH",
                        network(
                                new SqueezeExcitation.Builder()
                                        .hiddenActivation(Activation.TANH)
                                        .build(),
                                IMAGE)));
    }

    static Stream<Arguments> ofTheNetwork() {
        InputType rgb = InputType.convolutional(6, 6, 3);
        return Stream.of(
                bad(
                        "DepthwiseCondConv2D \"layer\": nOut is 3, allowed: nIn * depthMultiplier = 2 (or leave it out)",
                        network(depthwise().nOut(3).build(), IMAGE)),
                bad(
                        "WeightNetConv2D \"layer\": g is 2, allowed: a divisor of nIn * kH * kW = 27",
                        network(weightNet().build(), rgb)),
                bad(
                        "SqueezeExcitation \"layer\": reductionRatio is 16, allowed: at most the number of channels, nIn = 2",
                        network(new SqueezeExcitation.Builder().build(), IMAGE)),
                bad(
                        "CondDense \"layer\": nIn is 7, allowed: the 72 values of its input (or leave nIn out)",
                        network(new CondDense.Builder().nIn(7).nOut(3).build(), IMAGE)),
                bad(
                        "CondDense \"layer\": input is InputTypeRecurrent(4,format=NCW), allowed: a vector,"
                                + " InputType.feedForward(size), or an image",
                        network(new CondDense.Builder().nOut(3).build(), InputType.recurrent(4))),
                bad(
                        "CondConv2D \"layer\": routing weights is InputTypeFeedForward(4), allowed: a vector,"
                                + " InputType.feedForward(8)",
                        network(routed(8), new Router.Builder().numExperts(4).build())),
                bad(
                        "CondConv2D \"layer\": routing weights is InputTypeConvolutional(h=6,w=6,c=2,NCHW), allowed: a"
                                + " vector, InputType.feedForward(8)",
                        network(
                                routed(8),
                                new SqueezeExcitation.Builder()
                                        .reductionRatio(1)
                                        .build())),
                bad(
                        "Router \"layer\": previous routing weights is InputTypeFeedForward(4), allowed: a vector,"
                                + " InputType.feedForward(3)",
                        network(
                                new Router.Builder().previousExperts(3).build(),
                                new Router.Builder().numExperts(4).build())),
                bad(
                        "WeightNetConv2D \"layer\": context is InputTypeFeedForward(16), allowed: a vector,"
                                + " InputType.feedForward(8)",
                        network(
                                weightNet().sharedContext(true).contextSize(8).build(),
                                new KernelContext.Builder().build())));
    }

    private static DepthwiseCondConv2D.Builder depthwise() {
        return new DepthwiseCondConv2D.Builder(3, 3);
    }

    private static WeightNetConv2D.Builder weightNet() {
        return new WeightNetConv2D.Builder(3, 3).nOut(4);
    }

    private static CondConv2D routed(int experts) {
        return new CondConv2D.Builder(3, 3)
                .nOut(4)
                .numExperts(experts)
                .routing(Routing.shared())
                .build();
    }

    private static GraphBuilder graph(InputType input) {
        return SmallNets.global(DataType.FLOAT, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .setOutputs("layer")
                .validateOutputLayerConfig(false);
    }

    private static ThrowingCallable network(Layer layer, InputType input) {
        return () -> graph(input).addLayer("layer", layer, "in").build();
    }

    private static ThrowingCallable network(SameDiffBlock layer, Layer source) {
        return () -> {
            GraphBuilder builder = graph(IMAGE).addLayer("source", source, "in");
            MultiInputVertex.addLayer(builder, "layer", layer, "in", "source");
            builder.build();
        };
    }

    @ParameterizedTest
    @MethodSource("badOptions")
    void aBadOptionFailsWhenTheLayerIsAdded(String message, ThrowingCallable build) {
        assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @ParameterizedTest
    @MethodSource("ofTheNetwork")
    void whatDoesNotFitItsNetworkFailsWhenThatIsBuilt(String message, ThrowingCallable build) {
        assertThatThrownBy(build).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void aSharedRouterThatIsNotGivenIsNamed() {
        assertThatThrownBy(() -> MultiInputVertex.addLayer(graph(IMAGE), "layer", routed(8), "in"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CondConv2D as vertex \"layer\" is given 1 inputs [in], it takes 2");
    }

    @Test
    void aLayerAddedWithoutItsSecondInputFailsInItsFirstPass() {
        INDArray images = Nd4j.zeros(1, 2, 6, 6);
        assertThatThrownBy(
                        () -> SmallNets.alone(routed(8), DataType.FLOAT, IMAGE).output(images))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "CondConv2D \"layer\": number of inputs is 1, allowed: 2, given in MultiInputVertex.addLayer");
    }

    @Test
    void weightsForAnotherBatchFailInTheirPass() {
        INDArray images = Nd4j.zeros(2, 2, 6, 6);
        INDArray weights = Nd4j.zeros(3, 8);
        assertThatThrownBy(() -> SmallNets.aloneWithVector(routed(8), DataType.FLOAT, IMAGE, 8)
                        .output(images, weights))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CondConv2D \"layer\": routing weights is [3, 8], allowed: [2, 8]");
    }
}
