package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * BatchNormalization, or a scale or shift vertex, after a convolution (of any stock kind), a dense layer or a layer of
 * this library whose kernel depends on the example or is used at some positions only: scales what makes the kernel, sets
 * the bias. A MergeVertex in between shares it out.
 */
final class FoldIntoLayerBefore implements FusionRule {

    @Override
    public String name() {
        return "fold into the layer before";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!Affine.is(draft, vertex)) {
            return Outcome.NOT_MINE;
        }
        Optional<String> obstacle = obstacle(draft, vertex);
        if (obstacle.isPresent()) {
            return Outcome.stays(obstacle.get());
        }
        Optional<MergedLayers> merged = MergedLayers.before(draft, vertex);
        if (merged.isPresent()) {
            draft.fuseAhead(merged.get().folded(), merged.get().merge(), vertex, name());
        } else {
            fold(draft, Chain.into(draft, vertex));
        }
        return Outcome.fusedInto(vertex);
    }

    private static void fold(NetworkDraft draft, Chain chain) {
        AffineHost host = AffineHost.of(draft.layer(chain.first())).orElseThrow();
        ChannelAffine map = Affine.of(draft, chain.second(), host.outputs(draft, chain.first()));
        chain.fuse(draft.layer(chain.first()), host.then(draft, chain.first(), map));
    }

    /** Why an affine vertex cannot be folded into the layer before it, or those before a MergeVertex; empty if it can. */
    static Optional<String> obstacle(NetworkDraft draft, String vertex) {
        return MergedLayers.before(draft, vertex)
                .map(MergedLayers::obstacle)
                .orElseGet(() -> obstacleWithoutMerge(Chain.into(draft, vertex)));
    }

    private static Optional<String> obstacleWithoutMerge(Chain chain) {
        return obstacle(chain)
                .or(chain::otherFormat)
                .or(() -> AffineHost.of(chain.draft().layer(chain.first())).flatMap(host -> host.obstacle(chain)));
    }

    /** Why the first of two takes in nothing of what comes after the second. */
    static Optional<String> obstacle(Chain chain) {
        return chain.obstacle()
                .or(() -> takesNothingIn(chain.draft(), chain.first()))
                .or(chain::activationBetween)
                .or(() -> chain.noiseOnBias(chain.first()));
    }

    private static Optional<String> takesNothingIn(NetworkDraft draft, String name) {
        Layer layer = draft.layer(name);
        if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return Optional.of("\"" + name + "\" normalises its layer");
        }
        return AffineHost.of(layer).isPresent()
                ? Optional.empty()
                : Optional.of("it reads \"" + name + "\", " + draft.described(name));
    }
}
