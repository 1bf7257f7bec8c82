package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.export.UnsupportedModelException.Problem;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects everything that keeps a graph from being exported, so that the user sees it in one message. */
final class Problems {
    private final Set<Problem> found = new LinkedHashSet<>();

    void add(String vertex, Class<?> type, String reason) {
        found.add(new Problem(vertex, type.getName(), reason));
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new UnsupportedModelException(List.copyOf(found));
        }
    }
}
