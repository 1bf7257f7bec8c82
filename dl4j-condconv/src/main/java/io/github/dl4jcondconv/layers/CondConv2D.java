package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.ExampleConvolution;
import io.github.dl4jcondconv.kernels.ExpertConvolution;
import io.github.dl4jcondconv.kernels.ExpertProducts;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Window;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conditionally parameterised convolution: every example is convolved with its own kernel, a mixture of E experts that a
 * router weighs by the example's own features (Yang et al., "CondConv: Conditionally Parameterized Convolutions for
 * Efficient Inference", NeurIPS 2019, section 3).
 *
 * <pre>
 * a = sigmoid(mean over H and W of x . routingW + routingb)        [N, E]
 * y_n = activation(x_n * sum_e(a_ne W_e) + sum_e(a_ne b_e))        [N, nOut, H', W']
 * </pre>
 *
 * Parameters:
 *
 * <ul>
 *   <li>{@code W} [E, nOut, nIn, kH, kW], each expert initialised on its own fan-in
 *   <li>{@code b} [E, nOut], if there is a bias; mixed like the kernels
 *   <li>{@code routingW} [nIn, E], {@code routingb} [E]; {@link Router} says what other routings have
 *   <li>{@code bs} [nOut], if there is a static bias: added to y before the activation, whatever the routing
 * </ul>
 *
 * The routing weights a may come from another function, or as second input from a {@link Router}: see {@link Routing}.
 * With a mask the router averages over the unmasked positions only. The sigmoid's weights do not sum to one, so a single
 * expert is still scaled by its routing weight.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class CondConv2D extends CondConvBlock {
    private static final long serialVersionUID = 1;

    private CondConv2D(Builder builder) {
        super(builder);
        initializeConstraints(builder);
    }

    @Override
    protected void defineExperts(Parameters p) {
        int[] k = getKernelSize();
        long taps = (long) k[0] * k[1];
        p.expertWeights("W", getNIn() * taps, getNOut() * taps, getNumExperts(), getNOut(), getNIn(), k[0], k[1]);
    }

    @Override
    protected long expertSize() {
        return getNOut() * getNIn() * getKernelSize()[0] * getKernelSize()[1];
    }

    @Override
    protected SDVariable convolveExamples(BlockGraph graph, SDVariable image, SDVariable kernels) {
        return ExampleKernels.convolve(graph, this, image, kernels);
    }

    @Override
    protected List<Integer> definingSizes(List<long[]> inputShapes) {
        return zerosAboveAndLeft(inputShapes.get(0));
    }

    @Override
    protected SDVariable convolveExperts(BlockGraph graph, SDVariable image) {
        return Dilation.convolve(graph, this, image, graph.parameter("W"), getNumExperts() * getNOut());
    }

    @Override
    ExampleConvolution<Memory> kernel(Window window) {
        return new ExpertConvolution(window);
    }

    @Override
    boolean wantsBlocks(Window window, long[] output) {
        return !ExpertConvolution.isOfMatrices(window, output);
    }

    @Override
    ExampleConvolution<INDArray> portableKernel(Window window) {
        return new ExpertProducts(window);
    }

    @Override
    protected long workingElements(InputType input) {
        long taps = (long) getKernelSize()[0] * getKernelSize()[1];
        return getNIn() * taps * (positions(input) + getNOut());
    }

    /**
     * Builds a {@link CondConv2D}; see {@link CondConvBlock.Builder} for the experts' settings and
     * {@link Convolution2DBlock.Builder} for the convolution's own.
     */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends CondConvBlock.Builder<Builder> {
        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        @Override
        public CondConv2D build() {
            return new CondConv2D(this);
        }
    }
}
