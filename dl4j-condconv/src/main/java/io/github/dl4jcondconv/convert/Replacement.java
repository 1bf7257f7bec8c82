package io.github.dl4jcondconv.convert;

import java.util.List;

/**
 * One block and what it replaced.
 *
 * @param vertex the vertex of the new network that holds the block
 * @param from the vertices of the given network that it stands for
 * @param became the class of the block
 * @param weights where the weights of the given network are; "fresh" if there were none to keep
 */
public record Replacement(String vertex, List<String> from, String became, String weights) {
    public Replacement {
        from = List.copyOf(from);
    }
}
