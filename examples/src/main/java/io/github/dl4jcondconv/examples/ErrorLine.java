package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns an exception into one line on the error stream; the stack trace follows only with {@code --debug}. */
final class ErrorLine implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        print(command, name + ": " + line(e) + " (" + name + " --help lists the options)");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        String name = command.getCommandSpec().qualifiedName();
        boolean usersMistake = isUsersMistake(e);
        print(command, name + ": " + (usersMistake ? line(e) : "failed: " + line(e) + " (--debug shows where)"));
        CondConvCommand root = (CondConvCommand) command.getCommandSpec().root().userObject();
        if (root.debug) {
            e.printStackTrace(command.getErr());
        }
        return usersMistake ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    /** What this project throws for bad files, folders, options and models. */
    private static boolean isUsersMistake(Exception e) {
        return e instanceof IllegalArgumentException || e instanceof IOException || e instanceof UncheckedIOException;
    }

    private static String line(Exception e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static void print(CommandLine command, String line) {
        command.getErr().println(line);
    }
}
