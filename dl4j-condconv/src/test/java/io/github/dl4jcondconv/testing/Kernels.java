package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.function.Supplier;

/** Runs layers with the CPU kernels or by their definitions. */
public final class Kernels {
    private Kernels() {}

    /** Without kernels. */
    public static <T> T off(Supplier<T> action) {
        return with("condconv.kernels", "false", action);
    }

    /** With kernels. */
    public static <T> T on(Supplier<T> action) {
        return with("condconv.kernels", "true", action);
    }

    /** With the kernels of a machine without oneDNN. */
    public static <T> T withoutOneDnn(Supplier<T> action) {
        return with("condconv.dnnl", "false", action);
    }

    /** With the sparse kernels whatever the mask's density. */
    public static <T> T alwaysSparse(Supplier<T> action) {
        return sparseUpTo("1", action);
    }

    /** With the sparse kernels for masks of a density up to a given one. */
    public static <T> T sparseUpTo(String density, Supplier<T> action) {
        return with("condconv.sparse-density", density, () -> with("condconv.kernels", "true", action));
    }

    /** What a test of kernels is enabled by: JUnit cannot look into OneDnn itself where oneDNN's classes are missing. */
    public static boolean areAvailable() {
        return OneDnn.isAvailable();
    }

    /** With a number of threads of their own; tests have one otherwise. */
    public static <T> T inThreads(int threads, Supplier<T> action) {
        int before = OneDnn.threads();
        OneDnn.setThreads(threads);
        try {
            return action.get();
        } finally {
            OneDnn.setThreads(before);
        }
    }

    /** With the kernels of dense convolutions wherever a mask samples anything. */
    public static <T> T alwaysDense(Supplier<T> action) {
        return sparseUpTo("0", action);
    }

    /** With a number of threads of their own; tests have one otherwise. */
    public static void inThreads(int threads, Runnable action) {
        inThreads(threads, answered(action));
    }

    /** Without kernels. */
    public static void off(Runnable action) {
        off(answered(action));
    }

    /** With the sparse kernels whatever the mask's density. */
    public static void alwaysSparse(Runnable action) {
        alwaysSparse(answered(action));
    }

    private static Supplier<Void> answered(Runnable action) {
        return () -> {
            action.run();
            return null;
        };
    }

    private static <T> T with(String property, String value, Supplier<T> action) {
        String before = System.getProperty(property);
        System.setProperty(property, value);
        try {
            return action.get();
        } finally {
            if (before == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, before);
            }
        }
    }
}
