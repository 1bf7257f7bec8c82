package io.github.dl4jcondconv.fusion;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** Layers that do nothing at inference: dropout and noise of every kind, and the identity activation. */
final class RemoveIdentity implements FusionRule {

    @Override
    public String name() {
        return "remove what does nothing at inference";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!isIdentity(draft, vertex) || draft.preProcessor(vertex) != null) {
            return Outcome.NOT_MINE;
        }
        String input = draft.input(vertex);
        if (!draft.isNetworkOutput(vertex)) {
            return wouldBeReadTwice(draft, vertex, input) ? Outcome.NOT_MINE : bypass(draft, vertex);
        }
        if (Chain.into(draft, vertex).obstacle().isPresent()) {
            return Outcome.NOT_MINE;
        }
        draft.rename(input, vertex);
        return Outcome.fusedInto(vertex);
    }

    private static Outcome bypass(NetworkDraft draft, String vertex) {
        draft.bypass(vertex);
        return Outcome.removed();
    }

    private static boolean isIdentity(NetworkDraft draft, String vertex) {
        return draft.isA(DropoutLayer.class, vertex)
                || draft.isA(ActivationLayer.class, vertex)
                        && ((ActivationLayer) draft.layer(vertex)).getActivationFn() instanceof ActivationIdentity;
    }

    /** DL4J mixes up the inputs of a vertex that reads another one twice. */
    private static boolean wouldBeReadTwice(NetworkDraft draft, String vertex, String input) {
        List<String> readers = draft.consumers(input);
        return draft.consumers(vertex).stream().anyMatch(readers::contains);
    }
}
