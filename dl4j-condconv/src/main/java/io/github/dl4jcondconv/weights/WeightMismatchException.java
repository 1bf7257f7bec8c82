package io.github.dl4jcondconv.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file whose tensors are not those of a network; the message lists all that differ in one line. */
public final class WeightMismatchException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    WeightMismatchException(Path file, List<String> missing, List<String> unused, List<String> misshapen) {
        super(message(file, missing, unused, misshapen));
    }

    private static String message(Path file, List<String> missing, List<String> unused, List<String> misshapen) {
        List<String> parts = new ArrayList<>();
        addTo(parts, missing, "missing");
        addTo(parts, unused, "not of this network");
        addTo(parts, misshapen, "of another shape");
        return file + " does not fit the network: " + String.join("; ", parts);
    }

    private static void addTo(List<String> parts, List<String> tensors, String what) {
        if (!tensors.isEmpty()) {
            parts.add(tensors.size() + " " + what + ": " + String.join(", ", tensors));
        }
    }
}
