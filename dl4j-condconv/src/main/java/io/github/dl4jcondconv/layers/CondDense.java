package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.LayerPass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.engine.TrainingPass;
import io.github.dl4jcondconv.engine.VectorInput;
import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Conditionally parameterised fully connected layer: the last layer of the paper's MobileNets and ResNets (Yang et al.,
 * "CondConv", NeurIPS 2019, section 4).
 *
 * <pre>
 * a = sigmoid(x . routingW + routingb)                              [N, E]
 * y_n = activation(x_n . sum_e(a_ne W_e) + sum_e(a_ne b_e))         [N, nOut]
 * </pre>
 *
 * Input [N, nIn], which the router reads as it is. An image is flattened, as by DL4J's DenseLayer.
 *
 * <p>Parameters:
 *
 * <ul>
 *   <li>{@code W} [E, nIn, nOut], each expert initialised on its own fan-in
 *   <li>{@code b} [E, nOut], if there is a bias; mixed like the matrices
 *   <li>{@code routingW} [nIn, E], {@code routingb} [E]; {@link Router} says what other routings have
 *   <li>{@code bs} [nOut], if there is a static bias: added to y before the activation, whatever the routing
 * </ul>
 *
 * {@link Mixing#AUTO} mixes outputs: a matrix that an example uses once saves nothing by being mixed first.
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class CondDense extends SameDiffBlock {
    private static final long serialVersionUID = 1;

    private long nIn;
    private long nOut;
    private int numExperts;
    private boolean hasBias;
    private boolean staticBias;
    private Routing routing;
    private Mixing mixing;

    private CondDense(Builder builder) {
        super(builder);
        nIn = builder.nIn;
        nOut = builder.nOut;
        numExperts = builder.numExperts;
        hasBias = builder.hasBias;
        staticBias = builder.staticBias;
        routing = builder.routing;
        mixing = builder.mixing;
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(nOut > 0, "nOut", nOut, "at least 1");
        require(numExperts >= 1, "numExperts", numExperts, "at least 1");
        routing.validate(this::require);
    }

    @Override
    protected void defineParameters(Parameters p) {
        p.expertWeights("W", nIn, nOut, numExperts, nIn, nOut);
        double start = Double.isNaN(getBiasInit()) ? 0 : getBiasInit();
        if (hasBias) {
            p.bias("b", start, numExperts, nOut);
        }
        routing.define(p, nIn, numExperts);
        if (staticBias) {
            p.bias("bs", start, nOut);
        }
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        SDVariable x = graph.input();
        SDVariable weights = routing.fromInput() ? graph.input(1) : routing.weights(graph, x, numExperts);
        SDVariable output = mixesMatrices(graph.training())
                ? mixThenMultiply(graph, x, weights)
                : multiplyThenMix(graph, x, weights);
        if (hasBias) {
            output = output.add(Matrices.product(weights, graph.parameter("b"), numExperts, nOut));
        }
        return staticBias ? output.add(graph.parameter("bs").reshape(1, nOut)) : output;
    }

    @Override
    protected LayerPass train(TrainingPass pass) {
        return isCovered(pass) ? new CondDensePass(this, pass) : null;
    }

    @Override
    protected INDArray infer(InferencePass pass) {
        return isCovered(pass) ? new CondDensePass(this, pass).output() : null;
    }

    private boolean isCovered(ForwardPass pass) {
        return OneDnn.isAvailable()
                && pass.dataType() == DataType.FLOAT
                && !pass.isMasked()
                && (routing.fromInput() || routing.isOneMatrix());
    }

    private boolean mixesMatrices(boolean training) {
        return mixing.ofKernels(training, numExperts, 1);
    }

    private SDVariable mixThenMultiply(BlockGraph graph, SDVariable x, SDVariable weights) {
        SDVariable experts = graph.parameter("W").reshape(numExperts, nIn * nOut);
        SDVariable matrices =
                Matrices.product(weights, experts, numExperts, nIn * nOut).reshape(-1, nIn, nOut);
        return x.reshape(-1, 1, nIn).mmul(matrices).reshape(-1, nOut);
    }

    private SDVariable multiplyThenMix(BlockGraph graph, SDVariable x, SDVariable weights) {
        SDVariable experts = graph.parameter("W").permute(1, 0, 2).reshape(nIn, numExperts * nOut);
        SDVariable outputs =
                Matrices.product(x, experts, nIn, numExperts * nOut).reshape(-1, numExperts, nOut);
        return weights.reshape(-1, 1, numExperts).mmul(outputs).reshape(-1, nOut);
    }

    @Override
    protected List<VectorInput> vectorInputs() {
        return routing.fromInput() ? List.of(new VectorInput("routing weights", numExperts)) : List.of();
    }

    @Override
    public long multiplyAdds(InputType input) {
        long mixed = mixesMatrices(false) ? nIn * nOut : numExperts * nOut;
        return numExperts * nIn * nOut
                + mixed
                + (hasBias ? numExperts * nOut : 0)
                + routing.multiplyAdds(nIn, numExperts);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        long size = vectorSize(inputType);
        require(nIn <= 0 || nIn == size, "nIn", nIn, "the " + size + " values of its input (or leave nIn out)");
        nIn = size;
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return inputType instanceof InputTypeConvolutional image
                ? new CnnToFeedForwardPreProcessor(
                        image.getHeight(), image.getWidth(), image.getChannels(), image.getFormat())
                : null;
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        vectorSize(inputType);
        return InputType.feedForward(nOut);
    }

    private long vectorSize(InputType inputType) {
        InputType.Type type = inputType.getType();
        require(
                type == InputType.Type.FF || type == InputType.Type.CNNFlat,
                "input",
                inputType,
                "a vector, InputType.feedForward(size), or an image");
        return inputType.arrayElementsPerExample();
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        long[] x = shapes.get(0);
        require(
                x.length == 2 && x[1] == nIn,
                "input",
                Arrays.toString(x),
                "an array of rank 2 with nIn = " + nIn + " columns");
    }

    @Override
    protected long workingElements(InputType input) {
        return mixesMatrices(false) ? nIn * nOut : numExperts * nOut;
    }

    /** Builds a {@link CondDense}. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends SameDiffBlock.Builder<Builder> {
        private long nIn;
        private long nOut;
        private int numExperts = 8;
        private boolean hasBias = true;
        private boolean staticBias;
        private Routing routing = Routing.sigmoid();
        private Mixing mixing = Mixing.AUTO;

        /** Input size; default: that of the network's input type. */
        public Builder nIn(long size) {
            nIn = size;
            return this;
        }

        /** Output size; required. */
        public Builder nOut(long size) {
            nOut = size;
            return this;
        }

        /** Number of experts, at least 1; default 8, the paper's usual choice. */
        public Builder numExperts(int experts) {
            numExperts = experts;
            return this;
        }

        /** Whether the layer has (mixed) biases; default true. */
        public Builder hasBias(boolean bias) {
            hasBias = bias;
            return this;
        }

        /**
         * Whether the layer has a bias {@code bs} [nOut] that is added as it is, without routing; default false. It takes
         * in what a BatchNormalization after the layer adds, since routing weights need not sum to one.
         */
        public Builder staticBias(boolean bias) {
            staticBias = bias;
            return this;
        }

        /** Where the experts' weights come from; default {@link Routing#sigmoid()} of the layer's own input. */
        public Builder routing(Routing routing) {
            this.routing = routing;
            return this;
        }

        /** Whether matrices or outputs are mixed; default {@link Mixing#AUTO}. */
        public Builder mixing(Mixing mixing) {
            this.mixing = mixing;
            return this;
        }

        @Override
        public CondDense build() {
            return new CondDense(this);
        }
    }
}
