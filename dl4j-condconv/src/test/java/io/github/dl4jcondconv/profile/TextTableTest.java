package io.github.dl4jcondconv.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void alignsTextLeftAndNumbersRight() {
        assertThat(new TextTable("name", "size")
                        .row("a", 1234)
                        .row("bcdef", 7)
                        .toString()
                        .lines())
                .containsExactly("name    size", "a      1,234", "bcdef      7");
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new TextTable("a", "b").row("only one"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 cells");
    }
}
