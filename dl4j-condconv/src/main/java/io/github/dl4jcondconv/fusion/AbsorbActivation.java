package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.layers.ActivationLayer;

/** An ActivationLayer after a convolution, dense layer or block of this library that has no activation of its own. */
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
        if (!Activations.canSet(draft.layer(chain.first()))
                || chain.obstacle().or(chain::activationBetween).isPresent()) {
            return Outcome.NOT_MINE;
        }
        Activations.set(draft.layer(chain.first()), ((ActivationLayer) draft.layer(vertex)).getActivationFn());
        chain.fuse(draft.layer(chain.first()), draft.parameters(chain.first()));
        return Outcome.fusedInto(vertex);
    }
}
