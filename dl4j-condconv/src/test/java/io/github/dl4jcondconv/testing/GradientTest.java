package io.github.dl4jcondconv.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the gradients of a layer over the option grid of {@link GradientCase}. */
@ExtendWith(DoublePrecision.class)
public abstract class GradientTest {

    /** A network around the layer, with the case's options and whatever else the layer offers. */
    protected abstract GraphBuilder network(GradientCase c, NeuralNetConfiguration.Builder global, InputType input);

    public static List<GradientCase> cases() {
        return GradientCase.sample();
    }

    @ParameterizedTest
    @MethodSource("cases")
    public void gradientsAgreeWithFiniteDifferences(GradientCase c) {
        assertThat(c.disagreements((global, input) -> network(c, global, input)))
                .isEmpty();
    }
}
