package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/** The vertices that map every channel affinely at inference: BatchNormalization, ScaleVertex, ShiftVertex. */
final class Affine {
    private Affine() {}

    static boolean is(NetworkDraft draft, String vertex) {
        return draft.isA(BatchNormalization.class, vertex)
                || draft.isA(ScaleVertex.class, vertex)
                || draft.isA(ShiftVertex.class, vertex);
    }

    /**
     * What an affine vertex computes.
     *
     * @param channels the number of channels it sees
     */
    static ChannelAffine of(NetworkDraft draft, String vertex, int channels) {
        if (draft.vertex(vertex) instanceof ScaleVertex scale) {
            return ChannelAffine.uniform(channels, scale.getScaleFactor(), 0);
        }
        if (draft.vertex(vertex) instanceof ShiftVertex shift) {
            return ChannelAffine.uniform(channels, 1, shift.getShiftFactor());
        }
        return BatchNorms.affine(draft, vertex);
    }
}
