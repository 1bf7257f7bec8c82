package io.github.dl4jcondconv.fusion;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A 1 x 1 convolution and another convolution in a row, without an activation between, become one. Exact where the 1 x 1
 * comes last; where it comes first, only if the second sees no padding or the 1 x 1 has no bias. Left alone where the
 * composition would cost more multiply-adds than the two: that is what a bottleneck is for.
 */
final class ComposeOneByOne implements FusionRule {

    @Override
    public String name() {
        return "compose with a 1x1 convolution";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!Branch.isConvolution(draft, vertex)) {
            return Outcome.NOT_MINE;
        }
        Chain chain = Chain.into(draft, vertex);
        if (!Branch.isConvolution(draft, chain.first())
                || chain.obstacle()
                        .or(chain::activationBetween)
                        .or(() -> chain.noiseOnBias(chain.first()))
                        .or(() -> chain.noiseOnBias(vertex))
                        .or(chain::otherFormat)
                        .isPresent()) {
            return Outcome.NOT_MINE;
        }
        if (isWaitedFor(draft, draft.input(chain.first()))) {
            return Outcome.NOT_MINE;
        }
        ConvolutionLayer first = (ConvolutionLayer) draft.layer(chain.first());
        Branch before = Branch.of(draft, chain.first(), (int) first.getNIn()).orElseThrow();
        Optional<Branch> composed = before.then(draft, vertex);
        if (composed.isEmpty()) {
            return Outcome.NOT_MINE;
        }
        if (costsMore(composed.get(), before, draft, vertex)) {
            return Outcome.stays("one convolution instead of it and \"" + chain.first() + "\" would cost more");
        }
        chain.fuse(
                composedLayer(first, (ConvolutionLayer) draft.layer(vertex), composed.get()),
                Map.of(
                        "W",
                        composed.get().kernel().kernel(DataType.DOUBLE),
                        "b",
                        composed.get().kernel().bias(DataType.DOUBLE)));
        return Outcome.fusedInto(vertex);
    }

    /** A normalisation in front that the first one takes in; composed with one that pads, it no longer could. */
    private static boolean isWaitedFor(NetworkDraft draft, String input) {
        return Affine.is(draft, input)
                        && (FoldIntoLayerBefore.obstacle(draft, input).isEmpty()
                                || FoldIntoLayerAfter.applies(draft, input))
                || FoldThroughMerge.appliesBefore(draft, input);
    }

    private static boolean costsMore(Branch composed, Branch first, NetworkDraft draft, String second) {
        ConvolutionLayer layer = (ConvolutionLayer) draft.layer(second);
        long positionsOfFirst = (long) layer.getStride()[0] * layer.getStride()[1];
        long apart = first.kernel().weights() * positionsOfFirst
                + LinearLayer.CONVOLUTION.read(draft, second).weights();
        return composed.kernel().weights() > apart;
    }

    private static ConvolutionLayer composedLayer(ConvolutionLayer first, ConvolutionLayer second, Branch composed) {
        second.setNIn(first.getNIn());
        second.setHasBias(true);
        composed.geometry().applyTo(second);
        return second;
    }
}
