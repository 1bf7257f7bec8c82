package io.github.dl4jcondconv.fusion;

import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;

/** A ZeroPaddingLayer with as much on both sides becomes padding of the convolution after it. */
final class FoldZeroPadding implements FusionRule {
    private static final Set<Class<?>> PADDING_ITSELF = Set.of(
            ConvolutionLayer.class, Convolution2D.class, DepthwiseConvolution2D.class, SeparableConvolution2D.class);

    @Override
    public String name() {
        return "fold zero padding";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        List<String> readers = draft.consumers(vertex);
        if (!draft.isA(ZeroPaddingLayer.class, vertex) || readers.size() != 1) {
            return Outcome.NOT_MINE;
        }
        Chain chain = new Chain(draft, vertex, readers.get(0));
        if (chain.obstacle().or(chain::otherFormat).isPresent() || !fits(draft, chain)) {
            return Outcome.NOT_MINE;
        }
        ConvolutionLayer convolution = (ConvolutionLayer) draft.layer(chain.second());
        int[] zeros = ((ZeroPaddingLayer) draft.layer(vertex)).getPadding();
        int[] padding = convolution.getPadding();
        convolution.setPadding(new int[] {padding[0] + zeros[0], padding[1] + zeros[2]});
        chain.fuse(convolution, draft.parameters(chain.second()));
        return Outcome.fusedInto(chain.second());
    }

    private static boolean fits(NetworkDraft draft, Chain chain) {
        int[] sides = ((ZeroPaddingLayer) draft.layer(chain.first())).getPadding();
        return PADDING_ITSELF.stream().anyMatch(type -> draft.isA(type, chain.second()))
                && sides[0] == sides[1]
                && sides[2] == sides[3]
                && draft.layer(chain.second()) instanceof ConvolutionLayer convolution
                && convolution.getConvolutionMode() != ConvolutionMode.Same;
    }
}
