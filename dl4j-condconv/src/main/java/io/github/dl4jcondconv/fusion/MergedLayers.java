package io.github.dl4jcondconv.fusion;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layers whose channels a MergeVertex concatenates for one affine vertex. Where each of them can take in its share of
 * the map, the affine vertex vanishes.
 *
 * @param merge the MergeVertex
 * @param vertex the affine vertex, which reads it
 */
record MergedLayers(NetworkDraft draft, String merge, String vertex) {

    /** Those before a vertex; empty if it reads no MergeVertex. */
    static Optional<MergedLayers> before(NetworkDraft draft, String vertex) {
        String input = draft.input(vertex);
        return draft.isA(MergeVertex.class, input)
                ? Optional.of(new MergedLayers(draft, input, vertex))
                : Optional.empty();
    }

    /** Why they cannot take in the map; empty if they can. */
    Optional<String> obstacle() {
        return new Chain(draft, merge, vertex)
                .obstacle()
                .or(() -> layers().stream()
                        .map(this::obstacle)
                        .flatMap(Optional::stream)
                        .findFirst()
                        .map(reason -> "\"" + merge + "\" before it concatenates what cannot take it in: " + reason))
                .or(this::readsOneTwice);
    }

    private Optional<String> obstacle(String layer) {
        return FoldIntoLayerBefore.obstacle(new Chain(draft, layer, merge))
                .or(new Chain(draft, layer, vertex)::otherFormat)
                .or(() -> host(layer).obstacle(new Chain(draft, layer, vertex)))
                .or(() -> Channels.areConcatenated(draft, merge, layer)
                        ? Optional.empty()
                        : Optional.of("\"" + layer + "\" along another axis than its channels"));
    }

    private Optional<String> readsOneTwice() {
        return new HashSet<>(layers()).size() < layers().size()
                ? Optional.of("\"" + merge + "\" before it reads a vertex twice")
                : Optional.empty();
    }

    /** The parameters with which each layer brings about its share of the map. */
    Map<String, Map<String, INDArray>> folded() {
        int all = layers().stream().mapToInt(this::outputs).sum();
        ChannelAffine map = Affine.of(draft, vertex, all);
        Map<String, Map<String, INDArray>> folded = new LinkedHashMap<>();
        int from = 0;
        for (String layer : layers()) {
            ChannelAffine share = map.part(from, outputs(layer));
            folded.put(layer, host(layer).then(draft, layer, share));
            from += share.channels();
        }
        return folded;
    }

    private List<String> layers() {
        return draft.inputs(merge);
    }

    private int outputs(String layer) {
        return host(layer).outputs(draft, layer);
    }

    private AffineHost host(String layer) {
        return AffineHost.of(draft.layer(layer)).orElseThrow();
    }
}
