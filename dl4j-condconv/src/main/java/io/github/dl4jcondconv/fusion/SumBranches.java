package io.github.dl4jcondconv.fusion;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;

/**
 * Parallel branches that start at one vertex and are added become one convolution: convolutions of any size, averages,
 * normalised and plain identities, and rows of these that are one convolution, as RepVGG, the Diverse Branch Block or a
 * hand-made asymmetric block have them.
 */
final class SumBranches implements FusionRule {

    @Override
    public String name() {
        return "sum parallel branches";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!draft.isA(ElementWiseVertex.class, vertex)
                || ((ElementWiseVertex) draft.vertex(vertex)).getOp() != ElementWiseVertex.Op.Add) {
            return Outcome.NOT_MINE;
        }
        List<LinearPath> paths = draft.inputs(vertex).stream()
                .map(summand -> LinearPath.back(draft, summand, vertex))
                .toList();
        Optional<String> source = LinearPath.meeting(paths);
        if (source.isEmpty()) {
            return sideBySide(draft, vertex) ? Outcome.stays(shortest(paths).end()) : Outcome.NOT_MINE;
        }
        return new ParallelBranches(
                        draft,
                        vertex,
                        source.get(),
                        paths.stream().map(path -> path.after(source.get())).toList())
                .fuse();
    }

    /** Whether the summands are plainly meant as branches: each reads the same vertex, or is it. */
    private static boolean sideBySide(NetworkDraft draft, String sum) {
        List<String> summands = draft.inputs(sum);
        Set<String> read = summands.stream()
                .flatMap(summand -> draft.inputs(summand).stream())
                .collect(Collectors.toSet());
        return read.stream().anyMatch(source -> summands.stream()
                .allMatch(s -> s.equals(source) || draft.inputs(s).equals(List.of(source))));
    }

    private static LinearPath shortest(List<LinearPath> paths) {
        return paths.stream()
                .min(Comparator.comparing(path -> path.vertices().size()))
                .orElseThrow();
    }
}
