package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * BatchNormalization, or a scale or shift vertex, after a convolution (of any stock kind) or a dense layer: scales its
 * kernel, sets its bias.
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
        LinearLayer linear = LinearLayer.of(draft.layer(chain.first())).orElseThrow();
        KernelBias kernel = linear.read(draft, chain.first());
        KernelBias folded = kernel.then(Affine.of(draft, vertex, kernel.shape()[0]));
        chain.fuse(draft.layer(chain.first()), linear.write(draft, chain.first(), folded));
        return Outcome.fusedInto(vertex);
    }

    /** Why an affine vertex cannot be folded into the layer before it; empty if it can. */
    static Optional<String> obstacle(NetworkDraft draft, String vertex) {
        Chain chain = Chain.into(draft, vertex);
        return chain.obstacle()
                .or(() -> noLinearLayer(draft, chain.first()))
                .or(chain::activationBetween)
                .or(() -> chain.noiseOnBias(chain.first()))
                .or(chain::otherFormat);
    }

    private static Optional<String> noLinearLayer(NetworkDraft draft, String name) {
        Layer layer = draft.layer(name);
        if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return Optional.of("\"" + name + "\" normalises its layer");
        }
        return LinearLayer.takesInWhatFollows(layer)
                ? Optional.empty()
                : Optional.of("it reads \"" + name + "\", a " + draft.className(name));
    }
}
