package io.github.dl4jcondconv.testing;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Another JVM, for what depends on the class path or on all that a process has done before. */
public final class OwnJvm {
    private OwnJvm() {}

    /** Runs a main class to its end, as {@link #java}, with this JVM's class path. */
    public static String run(Class<?> main, List<String> options, String... arguments) {
        return run(main, options, Map.of(), arguments);
    }

    /** The same, with some variables of the environment. */
    public static String run(
            Class<?> main, List<String> options, Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", classPath(entry -> true), main.getName()));
        all.addAll(List.of(arguments));
        return java(environment, all.toArray(String[]::new));
    }

    /** This JVM's class path without some entries. */
    public static String classPath(Predicate<Path> entries) {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> entries.test(Path.of(entry)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * Runs the command java to its end.
     *
     * @return the last line that it printed
     * @throws IllegalStateException with all that it printed if it failed
     */
    public static String java(String... arguments) {
        return java(Map.of(), arguments);
    }

    private static String java(Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return lastLine(builder);
    }

    private static String lastLine(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IllegalStateException(printed);
            }
            return printed.strip().lines().reduce("", (first, last) -> last);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
