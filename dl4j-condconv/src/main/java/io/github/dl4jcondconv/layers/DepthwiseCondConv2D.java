package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.DepthwiseExpertConvolution;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Window;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Conditionally parameterised depthwise convolution: {@link CondConv2D} with depthwise experts, as in MobileNets and
 * EfficientNet-CondConv (Yang et al., "CondConv", NeurIPS 2019, section 3).
 *
 * <pre>
 * a = sigmoid(mean over H and W of x . routingW + routingb)                     [N, E]
 * y_n,c*d+m = activation(x_n,c * sum_e(a_ne W_emc) + sum_e(a_ne b_e,c*d+m))     [N, nIn d, H', W']
 * </pre>
 *
 * for input channel c and m below the depth multiplier d: outputs are ordered as in DL4J's DepthwiseConvolution2D.
 *
 * <p>Parameters:
 *
 * <ul>
 *   <li>{@code W} [E, d, nIn, kH, kW], each filter initialised on its own fan-in, kH * kW
 *   <li>{@code b} [E, nIn d], if there is a bias; mixed like the kernels
 *   <li>{@code routingW} [nIn, E], {@code routingb} [E]; {@link Router} says what other routings have
 *   <li>{@code bs} [nIn d], if there is a static bias: added to y before the activation, whatever the routing
 * </ul>
 *
 * Routing and masks are those of {@link CondConv2D}.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class DepthwiseCondConv2D extends CondConvBlock {
    private static final long serialVersionUID = 1;

    private int depthMultiplier;

    private DepthwiseCondConv2D(Builder builder) {
        super(builder);
        depthMultiplier = builder.depthMultiplier;
        settleOutputs(depthMultiplier);
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(depthMultiplier >= 1, "depthMultiplier", depthMultiplier, "at least 1");
        checkOutputs(depthMultiplier);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        settleOutputs(depthMultiplier);
        checkOutputs(depthMultiplier);
    }

    @Override
    protected boolean choosesOutputs() {
        return false;
    }

    @Override
    protected void defineExperts(Parameters p) {
        int[] k = getKernelSize();
        long taps = (long) k[0] * k[1];
        p.expertWeights("W", taps, depthMultiplier * taps, getNumExperts(), depthMultiplier, getNIn(), k[0], k[1]);
    }

    @Override
    protected long expertSize() {
        return depthMultiplier * getNIn() * getKernelSize()[0] * getKernelSize()[1];
    }

    @Override
    protected SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels) {
        return ExampleKernels.convolveDepthwise(graph, this, image, kernels, depthMultiplier);
    }

    @Override
    protected SDVariable convolveExperts(BlockGraph graph, SDVariable image) {
        int filters = getNumExperts() * depthMultiplier;
        SDVariable outputs = ExampleKernels.depthwise(
                graph, this, ExampleKernels.repeated(graph, image, filters), graph.parameter("W"));
        return ExampleKernels.byChannel(graph, this, outputs, -1, depthMultiplier);
    }

    @Override
    ExampleConvolution<Memory> kernel(Window window) {
        return depthMultiplier == 1 ? new DepthwiseExpertConvolution(window) : null;
    }

    /** Builds a {@link DepthwiseCondConv2D}; see {@link CondConvBlock.Builder} for the experts' settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends CondConvBlock.Builder<Builder> {
        private int depthMultiplier = 1;

        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** Output channels for each input channel, at least 1; default 1. */
        public Builder depthMultiplier(int multiplier) {
            depthMultiplier = multiplier;
            return this;
        }

        @Override
        public DepthwiseCondConv2D build() {
            return new DepthwiseCondConv2D(this);
        }
    }
}
