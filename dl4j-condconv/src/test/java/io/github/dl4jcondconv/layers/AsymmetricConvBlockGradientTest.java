package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCase;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(DoublePrecision.class)
class AsymmetricConvBlockGradientTest {
    static List<GradientCase> cases() {
        return GradientCase.sample();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.holds(
                        g -> new AsymmetricConvBlock.Builder(3)
                                .nOut(2)
                                .stride(g.stride())
                                .dilation(g.dilation())
                                .convolutionMode(g.mode())
                                // 1 is the cropping case where the dilation is 2
                                .padding(g.mode() == ConvolutionMode.Same ? 0 : 1)
                                .activation(g.activation())
                                .build(),
                        "meansq",
                        "varsq",
                        "meanhor",
                        "varhor",
                        "meanver",
                        "varver"))
                .isTrue();
    }
}
