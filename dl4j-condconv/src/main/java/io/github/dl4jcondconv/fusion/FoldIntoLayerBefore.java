package io.github.dl4jcondconv.fusion;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * BatchNormalization, or a scale or shift vertex, after a convolution (of any stock kind), a dense layer or a conditional
 * layer of this library: scales its kernel or experts, sets its bias.
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
        chain.fuse(draft.layer(chain.first()), folded(draft, chain));
        return Outcome.fusedInto(vertex);
    }

    private static Map<String, INDArray> folded(NetworkDraft draft, Chain chain) {
        if (Experts.are(draft, chain.first())) {
            ChannelAffine map = Affine.of(draft, chain.second(), Experts.outputs(draft, chain.first()));
            return Experts.then(draft, chain.first(), map);
        }
        LinearLayer linear = LinearLayer.of(draft.layer(chain.first())).orElseThrow();
        KernelBias kernel = linear.read(draft, chain.first());
        ChannelAffine map = Affine.of(draft, chain.second(), kernel.shape()[0]);
        return linear.write(draft, chain.first(), kernel.then(map));
    }

    /** Why an affine vertex cannot be folded into the layer before it; empty if it can. */
    static Optional<String> obstacle(NetworkDraft draft, String vertex) {
        Chain chain = Chain.into(draft, vertex);
        return chain.obstacle()
                .or(() -> takesNothingIn(draft, chain.first()))
                .or(chain::activationBetween)
                .or(() -> chain.noiseOnBias(chain.first()))
                .or(chain::otherFormat);
    }

    private static Optional<String> takesNothingIn(NetworkDraft draft, String name) {
        Layer layer = draft.layer(name);
        if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return Optional.of("\"" + name + "\" normalises its layer");
        }
        return LinearLayer.takesInWhatFollows(layer) || Experts.are(draft, name)
                ? Optional.empty()
                : Optional.of("it reads \"" + name + "\", a " + draft.className(name));
    }
}
