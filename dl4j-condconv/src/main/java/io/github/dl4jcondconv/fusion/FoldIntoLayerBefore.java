package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * BatchNormalization, or a scale or shift vertex, after a convolution (of any stock kind), a dense layer or a layer of
 * this library whose kernel depends on the example or is used at some positions only: scales what makes the kernel, sets
 * the bias.
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
        Chain chain = Chain.into(draft, vertex);
        AffineHost host = AffineHost.of(draft.layer(chain.first())).orElseThrow();
        ChannelAffine map = Affine.of(draft, vertex, host.outputs(draft, chain.first()));
        chain.fuse(draft.layer(chain.first()), host.then(draft, chain.first(), map));
        return Outcome.fusedInto(vertex);
    }

    /** Why an affine vertex cannot be folded into the layer before it; empty if it can. */
    static Optional<String> obstacle(NetworkDraft draft, String vertex) {
        Chain chain = Chain.into(draft, vertex);
        return chain.obstacle()
                .or(() -> takesNothingIn(draft, chain.first()))
                .or(chain::activationBetween)
                .or(() -> chain.noiseOnBias(chain.first()))
                .or(chain::otherFormat)
                .or(() -> AffineHost.of(draft.layer(chain.first())).flatMap(host -> host.obstacle(chain)));
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
