package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The context that WeightNet makes kernels of, as a layer of its own, for all WeightNet layers of a block to share: the
 * official code has one for a block, fed by the block's input (Ma et al., "WeightNet: Revisiting the Design Space of
 * Weight Networks", ECCV 2020, section 3).
 *
 * <pre>
 * c = mean over H and W of x . reduceW + reduceb        [N, R]
 * </pre>
 *
 * without activation. Input: an image [N, nIn, H, W] (or NHWC); with a mask the mean is over the unmasked positions.
 *
 * <p>Parameters, with R = {@link Builder#contextSize}: {@code reduceW} [nIn, R], {@code reduceb} [R]. They start as in
 * the official code: {@link WeightInitWeightNet}.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class KernelContext extends ImageBlock {
    private static final long serialVersionUID = 1;

    private static final int REDUCTION = 16;
    private static final int SMALLEST = 16;

    private long contextSize;

    private KernelContext(Builder builder) {
        super(builder);
        contextSize = builder.contextSize;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        WeightInitWeightNet.unlessChosen(this);
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(contextSize >= 0, "contextSize", contextSize, "at least 1, or 0 for max(16, nIn / 16)");
    }

    /** The size that a context of an image with {@code channels} channels has unless the user chooses another. */
    static long usualSize(long channels) {
        return Math.max(SMALLEST, channels / REDUCTION);
    }

    static void define(Parameters p, long channels, long size) {
        p.weight("reduceW", channels, size, channels, size);
        p.bias("reduceb", 0, size);
    }

    /** The context of an NCHW image. */
    static SDVariable of(BlockGraph graph, SDVariable image) {
        return Matrices.affine(graph, Pooling.globalAverage(image, graph.mask()), "reduce");
    }

    private long size() {
        return contextSize > 0 ? contextSize : usualSize(getNIn());
    }

    @Override
    protected void defineParameters(Parameters p) {
        define(p, getNIn(), size());
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        return of(graph, toNCHW(graph.input()));
    }

    @Override
    public long multiplyAdds(InputType input) {
        return getNIn() * size();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        image(inputType);
        return InputType.feedForward(size());
    }

    /** No mask is left after pooling, as with DL4J's GlobalPoolingLayer. */
    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int minibatchSize) {
        return null;
    }

    /** Builds a {@link KernelContext}. Its activation is the identity, whatever the network's. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends ImageBlock.Builder<Builder> {
        private long contextSize;

        /** Size R of the context; default max(16, nIn / 16), as in the official code. */
        public Builder contextSize(long size) {
            contextSize = size;
            return this;
        }

        @Override
        public KernelContext build() {
            return new KernelContext(this);
        }
    }
}
