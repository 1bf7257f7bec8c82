package io.github.dl4jcondconv.examples;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What one run of the command line gave.
 *
 * @param exitCode of the process
 * @param out what went to the standard output
 * @param err what went to the standard error stream
 */
record Cli(int exitCode, String out, String err) {

    static Cli run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = CondConvCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Cli(exitCode, out.toString(), err.toString());
    }
}
