package io.github.dl4jcondconv.fusion;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/**
 * BatchNormalization, or a scale or shift vertex, in front of a MergeVertex that concatenates channels for a single
 * convolution or dense layer: moves into the input channels of that layer that come from it, where {@link
 * FoldIntoLayerAfter} would be exact. The Inception networks are built so.
 */
final class FoldThroughMerge implements FusionRule {

    @Override
    public String name() {
        return "fold into the layer after the merge";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!isMine(draft, vertex)) {
            return Outcome.NOT_MINE;
        }
        Optional<String> obstacle = obstacle(draft, vertex);
        if (obstacle.isPresent()) {
            return Outcome.stays(obstacle.get());
        }
        String merge = merge(draft, vertex);
        String host = draft.consumers(merge).get(0);
        LinearLayer linear = LinearLayer.of(draft.layer(host)).orElseThrow();
        KernelBias folded =
                linear.read(draft, host).after(map(draft, vertex, host).orElseThrow());
        draft.fuseBehind(vertex, merge, host, linear.write(draft, host, folded));
        return Outcome.fusedInto(host);
    }

    /** Whether a vertex moves into the layer that reads a merge. */
    static boolean appliesBefore(NetworkDraft draft, String merge) {
        return draft.isA(MergeVertex.class, merge)
                && draft.inputs(merge).stream()
                        .anyMatch(vertex ->
                                isMine(draft, vertex) && obstacle(draft, vertex).isEmpty());
    }

    private static boolean isMine(NetworkDraft draft, String vertex) {
        return Affine.is(draft, vertex)
                && FoldIntoLayerAfter.hasOneReader(draft, vertex)
                && draft.isA(MergeVertex.class, merge(draft, vertex))
                && FoldIntoLayerBefore.obstacle(draft, vertex).isPresent();
    }

    private static String merge(NetworkDraft draft, String vertex) {
        return draft.consumers(vertex).get(0);
    }

    private static Optional<String> obstacle(NetworkDraft draft, String vertex) {
        String merge = merge(draft, vertex);
        if (!FoldIntoLayerAfter.hasOneReader(draft, merge)) {
            return Optional.of("\"" + merge + "\" after it is not read by one layer alone");
        }
        String host = draft.consumers(merge).get(0);
        return new Chain(draft, merge, host)
                .obstacle()
                .or(() -> FoldIntoLayerAfter.noLinearLayer(draft, host))
                .or(() -> map(draft, vertex, host)
                        .map(map -> FoldIntoLayerAfter.refusal(draft, host, map))
                        .orElseGet(() -> Optional.of("\"" + merge + "\" after it does not tell which channels of \""
                                + host + "\" it becomes")))
                .or(new Chain(draft, vertex, host)::otherFormat)
                .or(() -> preProcessorBefore(draft, vertex))
                .or(() -> readTwice(draft, vertex, merge));
    }

    private static Optional<String> preProcessorBefore(NetworkDraft draft, String vertex) {
        return Optional.ofNullable(draft.preProcessor(vertex))
                .map(preProcessor ->
                        "the preprocessor " + preProcessor.getClass().getSimpleName() + " stands before it");
    }

    /** DL4J mixes up the inputs of a vertex that reads another one twice. */
    private static Optional<String> readTwice(NetworkDraft draft, String vertex, String merge) {
        return draft.inputs(merge).contains(draft.input(vertex))
                ? Optional.of("\"" + merge + "\" after it reads \"" + draft.input(vertex) + "\", too")
                : Optional.empty();
    }

    /** What the vertex does, seen from all input channels of the layer after the merge; empty if that is not known. */
    private static Optional<ChannelAffine> map(NetworkDraft draft, String vertex, String host) {
        String merge = draft.input(host);
        if (!Channels.areConcatenated(draft, merge, host)) {
            return Optional.empty();
        }
        List<String> merged = draft.inputs(merge);
        int position = merged.indexOf(vertex);
        Optional<Integer> before = Channels.ofAll(draft, merged.subList(0, position));
        Optional<Integer> own = Channels.of(draft, vertex);
        Optional<Integer> after = Channels.ofAll(draft, merged.subList(position + 1, merged.size()));
        return before.isPresent()
                        && own.isPresent()
                        && after.isPresent()
                        && before.get() + own.get() + after.get() == ((FeedForwardLayer) draft.layer(host)).getNIn()
                ? Optional.of(Affine.of(draft, vertex, own.get()).amid(before.get(), after.get()))
                : Optional.empty();
    }
}
