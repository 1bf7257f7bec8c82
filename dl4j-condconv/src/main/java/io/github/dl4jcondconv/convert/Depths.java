package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.fusion.NetworkDraft;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/** How deep vertices are: the largest number of convolutions on a way from an input of the network, themselves included. */
final class Depths {
    private final NetworkDraft draft;
    private final Map<String, Integer> depths = new HashMap<>();

    Depths(NetworkDraft draft) {
        this.draft = draft;
        draft.topologicalOrder().forEach(vertex -> depths.put(vertex, before(vertex) + ownShare(vertex)));
    }

    private int ownShare(String vertex) {
        return draft.layer(vertex) instanceof ConvolutionLayer ? 1 : 0;
    }

    int of(String vertex) {
        return depths.getOrDefault(vertex, 0);
    }

    /** The depth of the deepest vertex that a vertex reads. */
    int before(String vertex) {
        return draft.inputs(vertex).stream().mapToInt(this::of).max().orElse(0);
    }
}
