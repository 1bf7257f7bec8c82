package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class SamplingMaskGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    /** The soft mask, with a loss of its own where the batch is 4, without a grid where it is 5. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.holds(g -> new SamplingMask.Builder()
                        .sampling(Sampling.builder()
                                .gate(gate(g))
                                .gridInterval(g.batch() == 5 ? null : 3)
                                .sparsityWeight(g.batch() == 4 ? 0.7 : 0)
                                .build())
                        .stride(g.stride())
                        .dilation(g.dilation())
                        .convolutionMode(g.mode())
                        .padding(g.mode() == ConvolutionMode.Same ? 0 : 1)
                        .build()))
                .isTrue();
    }

    private static Gate gate(GradientCase c) {
        return switch (c.activation()) {
            case TANH -> Gate.DETERMINISTIC;
            case SWISH -> Gate.RELU;
            default -> Gate.STOCHASTIC;
        };
    }
}
