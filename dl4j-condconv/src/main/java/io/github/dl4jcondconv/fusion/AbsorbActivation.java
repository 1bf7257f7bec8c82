package io.github.dl4jcondconv.fusion;

import java.util.Optional;
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
        if (!(draft.layer(vertex) instanceof ActivationLayer activation)) {
            return Outcome.NOT_MINE;
        }
        Chain chain = Chain.into(draft, vertex);
        Optional<LinearLayer> linear = LinearLayer.of(draft.layer(chain.first()));
        if (linear.isEmpty() || chain.obstacle().or(chain::activationBetween).isPresent()) {
            return Outcome.NOT_MINE;
        }
        BaseLayer layer = (BaseLayer) draft.layer(chain.first());
        layer.setActivationFn(activation.getActivationFn());
        chain.fuse(layer, draft.parameters(chain.first()));
        return Outcome.fusedInto(vertex);
    }
}
