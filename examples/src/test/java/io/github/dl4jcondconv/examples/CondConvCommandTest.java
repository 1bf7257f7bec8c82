package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CondConvCommandTest {

    static Stream<String> commands() {
        return new CommandLine(new CondConvCommand()).getSubcommands().keySet().stream();
    }

    @Test
    void helpListsTheCommands() {
        Cli cli = Cli.run("--help");
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).contains(commands().toList());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelp(String command) {
        Cli cli = Cli.run(command, "--help");
        assertThat(cli.exitCode()).isZero();
        assertThat(cli.out()).startsWith("Usage: condconv " + command);
    }

    @Test
    void anUnknownOptionIsNamed() {
        assertOneLine(Cli.run("demo", "--bogus"), "condconv demo: Unknown option: '--bogus'");
    }

    @Test
    void anUnknownCommandIsNamed() {
        assertOneLine(Cli.run("bogus"), "condconv: Unmatched argument at index 0: 'bogus'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--seed", "--epochs"})
    void anOptionThatIsNoNumberIsNamed(String option) {
        assertOneLine(Cli.run("demo", option, "many"), "Invalid value for option '" + option + "': 'many'");
    }

    @Test
    void withoutArgumentsItRunsTheDemo() {
        String images = System.setProperty("condconv.images", "nowhere");
        try {
            assertOneLine(Cli.run(), "condconv demo: data directory nowhere does not exist");
        } finally {
            System.setProperty("condconv.images", images);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--debug demo --data nowhere", "demo --debug --data nowhere"})
    void debugShowsTheStackTrace(String args) {
        Cli cli = Cli.run(args.split(" "));
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err()).contains("does not exist", "\tat io.github.dl4jcondconv");
    }

    @Test
    void aFailureOfTheProgramIsToldFromAMistakeOfTheUser() {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new CondConvCommand()).setErr(new PrintWriter(err, true));
        int exitCode = new ErrorLine().handleExecutionException(new IllegalStateException("two\nlines"), command, null);
        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).isEqualToNormalizingNewlines("condconv: failed: two lines (--debug shows where)\n");
    }

    private static void assertOneLine(Cli cli, String expected) {
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err().lines()).singleElement().asString().contains(expected);
    }
}
