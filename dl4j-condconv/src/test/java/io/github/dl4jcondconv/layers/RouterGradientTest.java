package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class RouterGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsOfHierarchicalRoutingAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.holdsIn((global, input) -> hierarchy(c, global, input))).isTrue();
    }

    /** Two routers, the second of which sees the weights of the first, and two layers that use them. */
    private static GraphBuilder hierarchy(GradientCase c, NeuralNetConfiguration.Builder global, InputType input) {
        Routing routing = c.one("routing", Routings.ALL);
        GraphBuilder builder = SmallNets.before(global, input)
                .addLayer(
                        "router1",
                        new Router.Builder().numExperts(2).routing(routing).build(),
                        "before");
        MultiInputVertex.addLayer(builder, "layer1", layer(c, 2), "before", "router1");
        Router second = new Router.Builder()
                .numExperts(3)
                .previousExperts(2)
                .routing(routing)
                .build();
        MultiInputVertex.addLayer(builder, "router2", second, "layer1", "router1");
        MultiInputVertex.addLayer(builder, "layer", layer(c, 3), "layer1", "router2");
        return SmallNets.pooledClasses(builder);
    }

    private static CondConv2D layer(GradientCase c, int experts) {
        return new CondConv2D.Builder(2, 2)
                .nOut(2)
                .numExperts(experts)
                .routing(Routing.shared())
                .stride(c.stride())
                .convolutionMode(c.mode())
                .activation(c.activation())
                .build();
    }
}
