package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackendCommandTest {

    @Test
    void theBackendIsOneLine() {
        Cli cli = Cli.run("backend");
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out().strip()).startsWith("ND4J: CPU").doesNotContain("\n");
    }
}
