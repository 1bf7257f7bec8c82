package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class RouterGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsOfHierarchicalRoutingAgreeWithFiniteDifferences(GradientCase c) {
        Routing routing = c.one("routing", Routings.ALL);
        assertThat(c.holdsIn(
                        (global, input) -> SmallNets.hierarchy(routing, experts -> layer(c, experts), global, input)))
                .isTrue();
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
