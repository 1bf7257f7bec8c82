package io.github.dl4jcondconv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ParameterTest {
    @Test
    void aNameWithAnUnderscoreIsRejected() {
        assertThatThrownBy(() -> new Parameters().weight("W_hor", 1, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("parameter name \"W_hor\" holds an underscore");
    }

    @Test
    void stateGoesToTheTailOfTheView() {
        Parameters parameters =
                new Parameters().state("mean", 0, 1).weight("W", 1, 1, 1).bias("b", 0, 1);
        assertThat(parameters.inOrder()).extracting(Parameter::name).containsExactly("W", "b", "mean");
    }

    @Test
    void everythingButStateIsTrained() {
        Parameters parameters = new Parameters()
                .weight("W", 1, 1, 1)
                .bias("b", 0, 1)
                .scale("gamma", 1, 1)
                .state("mean", 0, 1);
        assertThat(parameters.inOrder()).extracting(Parameter::trainable).containsExactly(true, true, true, false);
    }
}
