package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/** BatchNormalization after a convolution (of any stock kind) or a dense layer: scales its kernel, sets its bias. */
final class FoldBatchNormalization implements FusionRule {

    @Override
    public String name() {
        return "fold BatchNormalization";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!(draft.layer(vertex) instanceof BatchNormalization)) {
            return Outcome.NOT_MINE;
        }
        Chain chain = Chain.into(draft, vertex);
        Optional<String> obstacle = chain.obstacle()
                .or(() -> noLinearLayer(draft, chain.first()))
                .or(chain::activationBetween)
                .or(chain::noiseOnBias)
                .or(() -> otherAxis(draft, chain));
        if (obstacle.isPresent()) {
            return Outcome.stays(obstacle.get());
        }
        LinearLayer linear = LinearLayer.of(draft.layer(chain.first())).orElseThrow();
        KernelBias folded = linear.read(draft, chain.first()).then(BatchNorms.affine(draft, vertex));
        chain.fuse(draft.layer(chain.first()), linear.write(draft, chain.first(), folded));
        return Outcome.fusedInto(vertex);
    }

    private static Optional<String> noLinearLayer(NetworkDraft draft, String name) {
        Layer layer = draft.layer(name);
        if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
            return Optional.of("\"" + name + "\" normalises its layer");
        }
        Object what = layer == null ? draft.vertex(name) : layer;
        return LinearLayer.of(layer).isPresent()
                ? Optional.empty()
                : Optional.of("it reads \"" + name + "\", a " + what.getClass().getSimpleName());
    }

    private static Optional<String> otherAxis(NetworkDraft draft, Chain chain) {
        CNN2DFormat format = ((BatchNormalization) draft.layer(chain.second())).getCnn2DFormat();
        return draft.layer(chain.first()) instanceof ConvolutionLayer conv && conv.getCnn2dDataFormat() != format
                ? Optional.of("it normalises " + format + " data and \"" + chain.first() + "\" gives "
                        + conv.getCnn2dDataFormat())
                : Optional.empty();
    }
}
