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
class WeightNetConv2DGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        KernelContext context = new KernelContext.Builder().contextSize(3).build();
        assertThat(c.holdsIn((global, input) -> c.one("shared", true, false)
                        ? SmallNets.withSource(layer(c).sharedContext(true).build(), context, global, input)
                        : SmallNets.graph(layer(c).build(), global, input)))
                .isTrue();
    }

    private static WeightNetConv2D.Builder layer(GradientCase c) {
        int g = c.one("g", 1, 2, 4);
        return new WeightNetConv2D.Builder(2, 3)
                .nOut(3)
                .m(g * c.one("m over g", 1, 2, 3))
                .g(g)
                .contextSize(3)
                .staticBias(c.one("bias", true, false))
                .stride(c.stride())
                .dilation(c.dilation())
                .convolutionMode(c.mode())
                .padding(c.mode() == ConvolutionMode.Same ? 0 : 1)
                .activation(c.activation());
    }
}
