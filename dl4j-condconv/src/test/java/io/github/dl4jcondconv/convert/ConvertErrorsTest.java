package io.github.dl4jcondconv.convert;

import static io.github.dl4jcondconv.convert.StockNetworks.ACB;
import static io.github.dl4jcondconv.convert.StockNetworks.chain;
import static io.github.dl4jcondconv.convert.StockNetworks.layersInARow;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Routing;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Mistakes of the user. */
class ConvertErrorsTest {
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
                        "CondConv2D \"template\": numExperts is 0, allowed: at least 1",
                        () -> Convert.to(() -> new CondConv2D.Builder().numExperts(0))));
    }

    private static Arguments mistake(String message, ThrowingCallable action) {
        return Arguments.of(message, action);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeOfTheUserFailsWithOneLine(String message, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
