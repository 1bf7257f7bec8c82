package io.github.dl4jcondconv.fusion;

import java.util.Optional;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;

/**
 * BatchNormalization, or a scale or shift vertex, in front of a convolution or dense layer, where nothing before it can
 * take it in: scales the kernel's input channels and moves the bias. Exact where the convolution sees no padding, since
 * its zeros are added after the shift; or where there is no shift.
 */
final class FoldIntoLayerAfter implements FusionRule {

    @Override
    public String name() {
        return "fold into the layer after";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!Affine.is(draft, vertex)
                || !hasOneReader(draft, vertex)
                || draft.isA(MergeVertex.class, draft.consumers(vertex).get(0))
                || FoldIntoLayerBefore.obstacle(draft, vertex).isEmpty()) {
            return Outcome.NOT_MINE;
        }
        Chain chain = new Chain(draft, vertex, draft.consumers(vertex).get(0));
        Optional<String> obstacle = obstacle(draft, chain);
        if (obstacle.isPresent()) {
            return Outcome.stays(obstacle.get());
        }
        LinearLayer linear = LinearLayer.of(draft.layer(chain.second())).orElseThrow();
        KernelBias folded = linear.read(draft, chain.second()).after(affine(draft, chain));
        chain.fuse(draft.layer(chain.second()), linear.write(draft, chain.second(), folded));
        return Outcome.fusedInto(chain.second());
    }

    /** Whether an affine vertex is read by one layer that can take it in. */
    static boolean applies(NetworkDraft draft, String vertex) {
        return hasOneReader(draft, vertex)
                && obstacle(
                                draft,
                                new Chain(draft, vertex, draft.consumers(vertex).get(0)))
                        .isEmpty();
    }

    static boolean hasOneReader(NetworkDraft draft, String vertex) {
        return draft.consumers(vertex).size() == 1 && !draft.isNetworkOutput(vertex);
    }

    private static ChannelAffine affine(NetworkDraft draft, Chain chain) {
        return Affine.of(draft, chain.first(), (int) ((FeedForwardLayer) draft.layer(chain.second())).getNIn());
    }

    private static Optional<String> obstacle(NetworkDraft draft, Chain chain) {
        return chain.obstacle()
                .or(() -> noLinearLayer(draft, chain.second()))
                .or(() -> refusal(draft, chain.second(), affine(draft, chain)))
                .or(chain::otherFormat);
    }

    /**
     * Why a linear layer cannot take in a map of its input channels; empty if it can.
     *
     * @param map over all input channels of the layer
     */
    static Optional<String> refusal(NetworkDraft draft, String reader, ChannelAffine map) {
        return Chain.into(draft, reader).noiseOnBias(reader).or(() -> paddedAfterShift(draft, reader, map));
    }

    static Optional<String> noLinearLayer(NetworkDraft draft, String reader) {
        Layer layer = draft.layer(reader);
        boolean folds = LinearLayer.of(layer).isPresent()
                // the kernel of a separable convolution is seen from its output only
                && !(layer instanceof SeparableConvolution2D)
                && !(layer instanceof DenseLayer dense && dense.hasLayerNorm());
        return folds
                ? Optional.empty()
                : Optional.of("\"" + reader + "\" after it, " + draft.described(reader) + ", cannot take it in");
    }

    private static Optional<String> paddedAfterShift(NetworkDraft draft, String reader, ChannelAffine map) {
        Layer layer = draft.layer(reader);
        boolean seesNoZeros = !(layer instanceof ConvolutionLayer convolution)
                || Geometry.of(convolution).seesNoPadding() && !(layer instanceof Deconvolution2D);
        return seesNoZeros || map.keepsZero()
                ? Optional.empty()
                : Optional.of("\"" + reader + "\" after it pads with zeros");
    }
}
