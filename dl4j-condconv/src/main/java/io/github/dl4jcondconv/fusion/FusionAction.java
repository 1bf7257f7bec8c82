package io.github.dl4jcondconv.fusion;

import java.util.List;

/**
 * One thing that fusion did.
 *
 * @param vertex the vertex of the fused network that holds the result; for a vertex that was taken out, its own name
 * @param from the vertices of the given network that it stands for
 * @param rules the rules that made it, in the order they were applied
 * @param became the class of the resulting layer, or "removed"
 */
public record FusionAction(String vertex, List<String> from, List<String> rules, String became) {
    public FusionAction {
        from = List.copyOf(from);
        rules = List.copyOf(rules);
    }
}
