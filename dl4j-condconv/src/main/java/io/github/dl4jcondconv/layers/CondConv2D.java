package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;

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
 *   <li>{@code routingW} [nIn, E], {@code routingb} [E]
 * </ul>
 *
 * With a mask the router averages over the unmasked positions only. The sigmoid's weights do not sum to one, so a single
 * expert is still scaled by its routing weight.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class CondConv2D extends Convolution2DBlock {
    private static final long serialVersionUID = 1;

    private int numExperts;
    private boolean hasBias;

    private CondConv2D(Builder builder) {
        super(builder);
        numExperts = builder.numExperts;
        hasBias = builder.hasBias;
        require(numExperts >= 1, "numExperts", numExperts, "at least 1");
        initializeConstraints(builder);
    }

    @Override
    protected void defineParameters(Parameters p) {
        int[] k = getKernelSize();
        long taps = (long) k[0] * k[1];
        p.expertWeights("W", getNIn() * taps, getNOut() * taps, numExperts, getNOut(), getNIn(), k[0], k[1]);
        if (hasBias) {
            double start = Double.isNaN(getBiasInit()) ? 0 : getBiasInit();
            p.bias("b", start, numExperts, getNOut());
        }
        p.weight("routingW", getNIn(), numExperts, getNIn(), numExperts);
        p.bias("routingb", 0, numExperts);
    }

    /** The padding before the image: ND4J's im2col, unlike its conv2d, does not work it out in Same mode. */
    @Override
    protected List<Long> geometry(List<INDArray> inputs) {
        INDArray image = inputs.get(0);
        return List.of(paddingBefore(0, imageSize(0, image)), paddingBefore(1, imageSize(1, image)));
    }

    @Override
    protected SDVariable defineNCHW(BlockGraph graph, SDVariable image) {
        SDVariable routing = routing(graph, image);
        SDVariable output = mixThenConvolve(graph, image, routing);
        if (!hasBias) {
            return output;
        }
        SDVariable bias = routing.mmul(graph.parameter("b"));
        return output.add(bias.reshape(-1, getNOut(), 1, 1));
    }

    /** Routing weights [N, E] of equation 2. */
    private SDVariable routing(BlockGraph graph, SDVariable image) {
        SDVariable pooled = Pooling.globalAverage(image, graph.mask());
        SDVariable logits = pooled.mmul(graph.parameter("routingW")).add(graph.parameter("routingb"));
        return graph.sameDiff().nn().sigmoid(logits);
    }

    /** One matrix product an example: its own kernel [nOut, nIn kH kW] times its windows [nIn kH kW, H' W']. */
    private SDVariable mixThenConvolve(BlockGraph graph, SDVariable image, SDVariable routing) {
        SameDiff sd = graph.sameDiff();
        long window = getNIn() * getKernelSize()[0] * getKernelSize()[1];
        SDVariable experts = graph.parameter("W").reshape(numExperts, getNOut() * window);
        SDVariable kernels = routing.mmul(experts).reshape(-1, getNOut(), window);

        Conv2DConfig config = conv2DConfig();
        config.setPH(graph.geometry().get(0));
        config.setPW(graph.geometry().get(1));
        SDVariable windows = sd.cnn().im2Col(image, config);
        SDVariable n = graph.size(image, 0);
        SDVariable columns = windows.reshape(graph.shape(n, window, -1));
        return kernels.mmul(columns).reshape(graph.shape(n, getNOut(), graph.size(windows, 4), -1));
    }

    @Override
    public long multiplyAdds(InputType input) {
        long taps = (long) getKernelSize()[0] * getKernelSize()[1];
        long mixing = numExperts * getNOut() * (getNIn() * taps + (hasBias ? 1 : 0));
        return convolutionMultiplyAdds(input, taps) + mixing + getNIn() * numExperts;
    }

    @Override
    protected long workingElements(InputType input) {
        long taps = (long) getKernelSize()[0] * getKernelSize()[1];
        long positions = getOutputType(-1, input).arrayElementsPerExample() / getNOut();
        return getNIn() * taps * (positions + getNOut());
    }

    /** Builds a {@link CondConv2D}; see {@link Convolution2DBlock.Builder} for the convolution's own settings. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends Convolution2DBlock.Builder<Builder> {
        private int numExperts = 8;
        private boolean hasBias = true;

        /**
         * @param kernelSize height and width of the window, or one number for both
         */
        public Builder(int... kernelSize) {
            super(kernelSize);
        }

        /** Number of experts, at least 1; default 8, the paper's usual choice. */
        public Builder numExperts(int experts) {
            numExperts = experts;
            return this;
        }

        /** Whether the layer has (mixed) biases; default true. Leave it out where BatchNormalization follows. */
        public Builder hasBias(boolean bias) {
            hasBias = bias;
            return this;
        }

        @Override
        public CondConv2D build() {
            return new CondConv2D(this);
        }
    }
}
