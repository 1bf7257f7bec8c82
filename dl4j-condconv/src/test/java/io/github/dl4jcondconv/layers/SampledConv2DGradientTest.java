package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class SampledConv2DGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    /** The stochastic soft mask, with every method of interpolation, windows of 3 and 5 and more and less padding. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.holds(g -> new SampledConv2D.Builder(g.regularized() ? 3 : 1, 3)
                        .nOut(2)
                        .sampling(Sampling.builder()
                                .gridInterval(3)
                                .sparsityWeight(0.5)
                                .build())
                        .interpolation(method(g))
                        .window(g.dilation() == 1 ? 3 : 5)
                        .hasBias(g.batch() != 5)
                        .stride(g.stride())
                        .dilation(g.dilation())
                        .convolutionMode(g.mode())
                        .padding(g.mode() == ConvolutionMode.Same || g.batch() == 1 ? 0 : 1)
                        .activation(g.activation())
                        .build()))
                .isTrue();
    }

    private static Method method(GradientCase c) {
        return switch (c.activation()) {
            case TANH -> Method.RBF;
            case SWISH -> Method.LEARNED;
            default -> c.batch() == 4 ? Method.NONE : Method.AVERAGE;
        };
    }
}
