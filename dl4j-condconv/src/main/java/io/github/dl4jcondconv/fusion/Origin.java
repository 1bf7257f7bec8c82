package io.github.dl4jcondconv.fusion;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a vertex of a draft comes from.
 *
 * @param vertices the vertices of the given graph that it stands for, in the order they were taken in
 * @param rules the names of the rules that made it, in the order they were applied
 */
record Origin(List<String> vertices, List<String> rules) {

    static Origin untouched(String vertex) {
        return new Origin(List.of(vertex), List.of());
    }

    Origin and(Origin other) {
        return new Origin(union(vertices, other.vertices), union(rules, other.rules));
    }

    Origin by(String rule) {
        return new Origin(vertices, union(rules, List.of(rule)));
    }

    private static List<String> union(List<String> a, List<String> b) {
        Set<String> all = new LinkedHashSet<>(a);
        all.addAll(b);
        return new ArrayList<>(all);
    }
}
