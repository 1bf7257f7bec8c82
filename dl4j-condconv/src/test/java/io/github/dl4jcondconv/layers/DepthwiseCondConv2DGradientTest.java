package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class DepthwiseCondConv2DGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        Router router = new Router.Builder().numExperts(experts(c)).build();
        assertThat(c.holdsIn((global, input) -> c.one("shared", true, false)
                        ? SmallNets.withSource(layer(c, Routing.shared()), router, global, input)
                        : SmallNets.graph(layer(c, c.one("routing", Routings.ALL)), global, input)))
                .isTrue();
    }

    private static int experts(GradientCase c) {
        return c.one("experts", 1, 3, 5);
    }

    private static DepthwiseCondConv2D layer(GradientCase c, Routing routing) {
        return new DepthwiseCondConv2D.Builder(3, 2)
                .depthMultiplier(c.one("multiplier", 1, 2))
                .numExperts(experts(c))
                .hasBias(c.one("bias", true, false))
                .staticBias(c.one("static bias", true, false))
                .routing(routing)
                .mixing(c.one("mixing", Mixing.KERNELS, Mixing.OUTPUTS))
                .stride(c.stride())
                .dilation(c.dilation())
                .convolutionMode(c.mode())
                .padding(c.mode() == ConvolutionMode.Same ? 0 : 1)
                .activation(c.activation())
                .build();
    }
}
