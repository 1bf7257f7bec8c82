package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import java.util.Arrays;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * A mask of the positions at which a convolution is worth computing, as a layer of its own: a 3x3 convolution to one
 * channel of logits, then {@link Sampling}. Input [N, nIn, H, W], output [N, 1, H', W'] of 0 to 1 (or the same in NHWC).
 * The official blocks predict the masks of all their convolutions from the block's input; give the mask the stride of
 * the convolution that it is for.
 *
 * <p>Parameters: {@code W} [1, nIn, 3, 3], which starts at 0, and {@code b} [1], which starts at 3, so that training
 * begins with 95% of the positions. Padding is 1 and the mode Truncate unless set, which gives the size of any
 * convolution with the same stride and ConvolutionMode.Same. {@link Sampling.Gate#UNIFORM} has no parameters.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class SamplingMask extends Convolution2DBlock implements Sampled {
    private static final long serialVersionUID = 1;

    private Sampling sampling;

    private SamplingMask(Builder builder) {
        super(builder);
        sampling = builder.sampling;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        int[] k = getKernelSize();
        require(getNOut() == 1, "nOut", getNOut(), "1");
        require(k[0] == 3 && k[1] == 3, "kernelSize", Arrays.toString(k), "3x3");
        require(
                getActivationFn() instanceof ActivationIdentity,
                "activation",
                getActivationFn(),
                Activation.IDENTITY + ": the sampling makes the mask");
        sampling.validate(this::require);
    }

    @Override
    protected void defineParameters(Parameters p) {
        if (sampling.predicts()) {
            p.constantWeight("W", 0, 1, getNIn(), 3, 3).bias("b", Sampling.FIRST_LOGIT, 1);
        }
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable logits = !sampling.predicts()
                ? null
                : Dilation.convolve(graph, this, image, graph.parameter("W"), 1).add(graph.parameter("b"));
        return new Sampler(sampling).mask(graph, logits, inputs -> Masks.shapeFor(this, inputs.get(0)));
    }

    @Override
    public long multiplyAdds(InputType input) {
        return sampling.predicts() ? convolutionMultiplyAdds(input, 9) : 0;
    }

    /** Builds a {@link SamplingMask}; of {@link Convolution2DBlock.Builder} only stride, padding and format are free. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends Convolution2DBlock.Builder<Builder> {
        private Sampling sampling = Sampling.builder().build();

        /** A mask of stride 1 and the size of its input. */
        public Builder() {
            super(3);
            nOut(1);
            padding(1);
            convolutionMode(ConvolutionMode.Truncate);
        }

        /** How logits become the mask; default: the paper's, see {@link Sampling}. */
        public Builder sampling(Sampling sampling) {
            this.sampling = sampling;
            return this;
        }

        @Override
        public SamplingMask build() {
            return new SamplingMask(this);
        }
    }
}
