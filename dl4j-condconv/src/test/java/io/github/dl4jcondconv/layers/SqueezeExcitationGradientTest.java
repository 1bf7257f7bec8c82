package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

@ExtendWith(DoublePrecision.class)
class SqueezeExcitationGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample(5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.holds(g -> new SqueezeExcitation.Builder()
                        .reductionRatio(g.one("ratio", 1, 2))
                        .hiddenActivation(g.one("hidden", Activation.RELU, Activation.SWISH))
                        .activation(g.activation())
                        .build()))
                .isTrue();
    }
}
