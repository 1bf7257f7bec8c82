package io.github.dl4jcondconv.fusion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The vertices from a summand back towards the network's input, as long as each is a linear map that only the next one
 * sees.
 *
 * @param vertices the summand first; the last one need not be linear
 * @param end why the path does not go on behind its last vertex
 */
record LinearPath(List<String> vertices, String end) {

    static LinearPath back(NetworkDraft draft, String summand, String sum) {
        List<String> vertices = new ArrayList<>(List.of(summand));
        String reader = sum;
        String at = summand;
        Optional<String> end = end(draft, at, reader);
        while (end.isEmpty()) {
            reader = at;
            at = draft.input(at);
            vertices.add(at);
            end = end(draft, at, reader);
        }
        return new LinearPath(vertices, end.get());
    }

    /** The vertex nearest to the sum at which all paths come together. */
    static Optional<String> meeting(List<LinearPath> paths) {
        return paths.get(0).vertices.stream()
                .filter(vertex -> paths.stream().allMatch(path -> path.vertices.contains(vertex)))
                .findFirst();
    }

    /** The vertices after {@code source}, in the order of computation. */
    List<String> after(String source) {
        List<String> after = new ArrayList<>();
        vertices.subList(0, vertices.indexOf(source)).forEach(vertex -> after.add(0, vertex));
        return after;
    }

    private static Optional<String> end(NetworkDraft draft, String vertex, String reader) {
        Chain chain = new Chain(draft, vertex, reader);
        return chain.obstacle()
                .or(chain::activationBetween)
                .or(() -> chain.noiseOnBias(vertex))
                .or(() -> Branch.isBranch(draft, vertex)
                        ? Optional.empty()
                        : Optional.of("\"" + vertex + "\", " + draft.described(vertex) + ", is no convolution"));
    }
}
