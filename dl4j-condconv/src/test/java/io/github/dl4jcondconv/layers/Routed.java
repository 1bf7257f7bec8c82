package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** What the gradient checks of conditional layers vary: routing, own or shared, experts, biases and mixing. */
final class Routed {
    private static final Routing[] OWN = {
        Routing.sigmoid(),
        Routing.softmax(2),
        Routing.sigmoid().withHiddenLayer(1.5),
        Routing.softmax(1).withHiddenLayer(0.125),
        Routing.sigmoid().withDropOut(0.6),
    };

    private Routed() {}

    /** One of each kind of routing that a layer can do by itself. */
    static Routing own(GradientCase c) {
        return c.one("routing", OWN);
    }

    static boolean isShared(GradientCase c) {
        return c.one("shared", true, false);
    }

    static int experts(GradientCase c) {
        return c.one("experts", 1, 3, 5);
    }

    static Router router(GradientCase c) {
        return new Router.Builder().numExperts(experts(c)).build();
    }

    /** The layer with a router of its own or one beside it. */
    static GraphBuilder network(
            GradientCase c,
            Function<Routing, SameDiffBlock> layer,
            NeuralNetConfiguration.Builder global,
            InputType input) {
        return isShared(c)
                ? SmallNets.withSource(layer.apply(Routing.shared()), router(c), global, input)
                : SmallNets.graph(layer.apply(own(c)), global, input);
    }

    static <B extends CondConvBlock.Builder<B>> B convolution(GradientCase c, Routing routing, B builder) {
        return c.geometry(builder)
                .numExperts(experts(c))
                .hasBias(c.one("bias", true, false))
                .staticBias(c.one("static bias", true, false))
                .routing(routing)
                .mixing(c.one("mixing", Mixing.KERNELS, Mixing.OUTPUTS));
    }
}
