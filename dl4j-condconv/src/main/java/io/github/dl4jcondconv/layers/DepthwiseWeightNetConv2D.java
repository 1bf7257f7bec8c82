package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * WeightNet convolution of each channel by itself: {@link WeightNetConv2D} with depthwise kernels (Ma et al., "WeightNet",
 * ECCV 2020, official code).
 *
 * <pre>
 * c = mean over H and W of x . reduceW + reduceb                        [N, R]
 * a = sigmoid(c . fc1W + fc1b)                                          [N, M/G nIn]
 * K_n,r = sum over j below M/G of fc2W_r,j a_n,iM/G+j                   i = r / (kH kW), rounded down: the channel
 * y_n,i = activation(x_n,i * K_n,i)                                     [N, nIn, H', W']
 * </pre>
 *
 * <p>Parameters: {@code reduceW} [nIn, R], {@code reduceb} [R], unless a {@link KernelContext} is shared; {@code fc1W}
 * [R, M/G nIn], {@code fc1b} [M/G nIn]; {@code fc2W} [nIn kH kW, M/G]; {@code bs} [nIn], if there is a
 * static bias. M and G matter by their ratio only; both are
 * options so that all layers of a network can take the same. The rest is as in {@link WeightNetConv2D}.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class DepthwiseWeightNetConv2D extends WeightNetBlock {
    private static final long serialVersionUID = 1;

    private DepthwiseWeightNetConv2D(Builder builder) {
        super(builder);
        settleOutputs(1);
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        checkOutputs(1);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        super.setNIn(inputType, override);
        settleOutputs(1);
        checkOutputs(1);
    }

    @Override
    protected boolean choosesOutputs() {
        return false;
    }

    @Override
    protected long groups() {
        return getNIn();
    }

    @Override
    protected long kernelLength() {
        return getNIn() * getKernelSize()[0] * getKernelSize()[1];
    }

    @Override
    protected SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels) {
        return ExampleKernels.convolveDepthwise(graph, this, image, kernels, 1);
    }

    /** Builds a {@link DepthwiseWeightNetConv2D}; see {@link WeightNetBlock.Builder} for the kernel's settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends WeightNetBlock.Builder<Builder> {
        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        @Override
        public DepthwiseWeightNetConv2D build() {
            return new DepthwiseWeightNetConv2D(this);
        }
    }
}
