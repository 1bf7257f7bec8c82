package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;

/** An ActivationLayer after a convolution or dense layer that has no activation of its own. */
final class AbsorbActivation implements FusionRule {

    @Override
    public String name() {
        return "absorb activation";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!draft.isA(ActivationLayer.class, vertex)) {
            return Outcome.NOT_MINE;
        }
        Chain chain = Chain.into(draft, vertex);
        if (!LinearLayer.takesInWhatFollows(draft.layer(chain.first()))
                || chain.obstacle().or(chain::activationBetween).isPresent()) {
            return Outcome.NOT_MINE;
        }
        BaseLayer layer = (BaseLayer) draft.layer(chain.first());
        layer.setActivationFn(((ActivationLayer) draft.layer(vertex)).getActivationFn());
        chain.fuse(layer, draft.parameters(chain.first()));
        return Outcome.fusedInto(vertex);
    }
}
