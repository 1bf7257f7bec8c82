package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.ops.SDNN;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * Squeeze-and-excitation: scales every channel by a gate that depends on the means of all channels (Hu et al.,
 * "Squeeze-and-Excitation Networks", CVPR 2018, section 3).
 *
 * <pre>
 * s = mean over H and W of x                                                    [N, nIn]
 * y = x * sigmoid(relu(s . reduceW + reduceb) . expandW + expandb)              [N, nIn, H, W]
 * </pre>
 *
 * Input and output: an image [N, nIn, H, W] (or NHWC). With a mask the mean is over the unmasked positions.
 *
 * <p>Parameters, with reduction ratio r: {@code reduceW} [nIn, nIn/r], {@code reduceb} [nIn/r], {@code expandW}
 * [nIn/r, nIn], {@code expandb} [nIn]; nIn/r is rounded down.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class SqueezeExcitation extends ImageBlock {
    private static final long serialVersionUID = 1;

    private int reductionRatio;
    private Activation hiddenActivation;

    private SqueezeExcitation(Builder builder) {
        super(builder);
        reductionRatio = builder.reductionRatio;
        hiddenActivation = builder.hiddenActivation;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(reductionRatio >= 1, "reductionRatio", reductionRatio, "at least 1");
        require(
                hiddenActivation == Activation.RELU || hiddenActivation == Activation.SWISH,
                "hiddenActivation",
                hiddenActivation,
                "RELU or SWISH");
        checkRatio();
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        checkRatio();
    }

    private void checkRatio() {
        require(
                getNIn() <= 0 || squeezed() >= 1,
                "reductionRatio",
                reductionRatio,
                "at most the number of channels, nIn = " + getNIn());
    }

    private long squeezed() {
        return getNIn() / reductionRatio;
    }

    @Override
    protected void defineParameters(Parameters p) {
        p.weight("reduceW", getNIn(), squeezed(), getNIn(), squeezed());
        p.bias("reduceb", 0, squeezed());
        p.weight("expandW", squeezed(), getNIn(), squeezed(), getNIn());
        p.bias("expandb", 0, getNIn());
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        SDVariable image = toNCHW(graph.input());
        SDVariable squeezed = Matrices.affine(graph, Pooling.globalAverage(image, graph.mask()), "reduce");
        SDNN nn = graph.sameDiff().nn();
        SDVariable hidden = hiddenActivation == Activation.SWISH ? nn.swish(squeezed) : nn.relu(squeezed, 0);
        SDVariable gates = nn.sigmoid(Matrices.affine(graph, hidden, "expand"));
        return fromNCHW(image.mul(gates.reshape(-1, getNIn(), 1, 1)));
    }

    /** Those of the two fully connected layers; scaling counts as none, like activations. */
    @Override
    public long multiplyAdds(InputType input) {
        return 2 * getNIn() * squeezed();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return image(inputType);
    }

    /** Builds a {@link SqueezeExcitation}. Its output's activation is the identity, whatever the network's. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends ImageBlock.Builder<Builder> {
        private int reductionRatio = 16;
        private Activation hiddenActivation = Activation.RELU;

        /** How many times fewer values than channels the hidden layer has, at least 1; default 16, the paper's. */
        public Builder reductionRatio(int ratio) {
            reductionRatio = ratio;
            return this;
        }

        /** Activation of the hidden layer: RELU (default, the paper's) or SWISH (EfficientNet's). */
        public Builder hiddenActivation(Activation activation) {
            hiddenActivation = activation;
            return this;
        }

        @Override
        public SqueezeExcitation build() {
            return new SqueezeExcitation(this);
        }
    }
}
