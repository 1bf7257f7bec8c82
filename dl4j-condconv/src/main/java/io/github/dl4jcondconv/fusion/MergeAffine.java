package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * Two BatchNormalizations, scale or shift vertices in a row that no layer beside them takes in become one: a
 * BatchNormalization if there is one among them.
 */
final class MergeAffine implements FusionRule {

    @Override
    public String name() {
        return "merge with the scale and shift before";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!Affine.is(draft, vertex) || !Affine.is(draft, draft.input(vertex))) {
            return Outcome.NOT_MINE;
        }
        Chain chain = Chain.into(draft, vertex);
        if (chain.obstacle().or(chain::otherFormat).isPresent()
                || FoldIntoLayerBefore.obstacle(draft, chain.first()).isEmpty()
                || FoldIntoLayerAfter.applies(draft, vertex)) {
            return Outcome.NOT_MINE;
        }
        if (draft.isA(BatchNormalization.class, vertex)) {
            return fuse(draft, chain, vertex);
        }
        if (draft.isA(BatchNormalization.class, chain.first())) {
            return fuse(draft, chain, chain.first());
        }
        return mergeVertices(draft, chain);
    }

    /** Keeps mean, variance and eps of one normalisation; gamma and beta bring about the rest. */
    private static Outcome fuse(NetworkDraft draft, Chain chain, String norm) {
        BatchNormalization layer = (BatchNormalization) draft.layer(norm);
        int channels = (int) layer.getNOut();
        ChannelAffine both = Affine.of(draft, chain.first(), channels).then(Affine.of(draft, chain.second(), channels));
        chain.fuse(layer, BatchNorms.with(draft, norm, both));
        return Outcome.fusedInto(chain.second());
    }

    private static Outcome mergeVertices(NetworkDraft draft, Chain chain) {
        if (draft.vertex(chain.first()) instanceof ScaleVertex a
                && draft.vertex(chain.second()) instanceof ScaleVertex b) {
            draft.fuse(chain.first(), chain.second(), new ScaleVertex(a.getScaleFactor() * b.getScaleFactor()));
            return Outcome.fusedInto(chain.second());
        }
        if (draft.vertex(chain.first()) instanceof ShiftVertex a
                && draft.vertex(chain.second()) instanceof ShiftVertex b) {
            draft.fuse(chain.first(), chain.second(), new ShiftVertex(a.getShiftFactor() + b.getShiftFactor()));
            return Outcome.fusedInto(chain.second());
        }
        return Outcome.NOT_MINE;
    }
}
