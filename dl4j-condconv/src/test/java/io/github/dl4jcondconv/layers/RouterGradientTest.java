package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.GradientTest;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Hierarchical routing: the second router reads the first one's weights. */
class RouterGradientTest extends GradientTest {
    @Override
    protected GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        return SmallNets.hierarchy(Routed.own(c), experts -> layer(c, experts), global, input);
    }

    private static CondConv2D layer(GradientCase c, int experts) {
        return c.geometry(new CondConv2D.Builder(2, 2))
                .nOut(2)
                .numExperts(experts)
                .routing(Routing.shared())
                .build();
    }
}
