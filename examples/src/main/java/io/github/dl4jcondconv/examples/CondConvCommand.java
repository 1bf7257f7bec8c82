package io.github.dl4jcondconv.examples;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The command line of this project. Without arguments it runs {@code demo}.
 *
 * <p>Exit codes: 0 for success; 2 when something given by the user cannot be used, with one line on the standard error
 * stream that says what; 1 when the program itself fails or a verification does not hold.
 */
@Command(
        name = "condconv",
        description = "Modern convolution blocks for Deeplearning4j.",
        subcommands = {
            DemoCommand.class,
            SparsityCommand.class,
            RoutingCommand.class,
            BenchCommand.class,
            BackendCommand.class,
            SummaryCommand.class,
            ImportCommand.class,
            FuseCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            Dl4jZooCommand.class
        })
public final class CondConvCommand {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    boolean debug;

    /** Runs a command and ends the virtual machine with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(run(out, err, args));
    }

    /**
     * Runs a command.
     *
     * @return its exit code
     */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        CondConvCommand command = new CondConvCommand();
        ErrorLine errorLine = new ErrorLine();
        return new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(errorLine)
                .setExecutionExceptionHandler(errorLine)
                .execute(args.length == 0 ? new String[] {"demo"} : args);
    }
}
