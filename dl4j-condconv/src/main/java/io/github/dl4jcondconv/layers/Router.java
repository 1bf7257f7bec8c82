package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.engine.VectorInput;
import java.util.Arrays;
import java.util.List;
import lombok.AccessLevel;
import lombok.Data;
import lombok.EqualsAndHashCode;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeFeedForward;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Routing weights as a layer of their own, for several conditional layers to share: EfficientNet-CondConv has one router
 * for all convolutions of a block, fed by the block's input (Yang et al., "CondConv", NeurIPS 2019, section 4.3.1 and its
 * official code).
 *
 * <pre>
 * builder.addLayer("router", new Router.Builder().numExperts(4).build(), "block");
 * MultiInputVertex.addLayer(builder, "conv",
 *         new CondConv2D.Builder(3, 3).numExperts(4).routing(Routing.shared()).nOut(32).build(), "x", "router");
 * </pre>
 *
 * Input: an image [N, nIn, H, W] (or NHWC), of which it takes the mean over the (unmasked) positions, or a vector
 * [N, nIn]; with {@link Builder#previousExperts} also the routing weights of the layer before. Output [N, numExperts].
 *
 * <p>Parameters, with F = nIn + previousExperts: {@code routingW} [F, E], {@code routingb} [E]; with a hidden layer of
 * size h {@code routingHiddenW} [F, h], {@code routingHiddenb} [h], and {@code routingW} is [h, E].
 */
@Data
@EqualsAndHashCode(callSuper = true)
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class Router extends ImageBlock {
    private static final long serialVersionUID = 1;

    private int numExperts;
    private int previousExperts;
    private Routing routing;

    private Router(Builder builder) {
        super(builder);
        numExperts = builder.numExperts;
        previousExperts = builder.previousExperts;
        routing = builder.routing;
        if (getActivationFn() == null) {
            setActivationFn(new ActivationIdentity());
        }
        initializeConstraints(builder);
    }

    @Override
    protected void checkOptions() {
        super.checkOptions();
        require(numExperts >= 1, "numExperts", numExperts, "at least 1");
        require(previousExperts >= 0, "previousExperts", previousExperts, "at least 1, or 0 for none");
        routing.validate(this::require);
        require(!routing.fromInput(), "routing", routing.function(), "SIGMOID or SOFTMAX: a router makes the weights");
    }

    @Override
    protected void defineParameters(Parameters p) {
        routing.define(p, features(), numExperts);
    }

    @Override
    protected SDVariable define(BlockGraph graph) {
        SDVariable x = graph.input();
        boolean image = x.getShape().length == 4;
        SDVariable features = image ? Pooling.globalAverage(toNCHW(x), graph.mask()) : x;
        if (previousExperts > 0) {
            features = graph.sameDiff().concat(1, features, graph.input(1));
        }
        return routing.weights(graph, features, numExperts);
    }

    private long features() {
        return getNIn() + previousExperts;
    }

    @Override
    protected List<VectorInput> vectorInputs() {
        return previousExperts == 0 ? List.of() : List.of(new VectorInput("previous routing weights", previousExperts));
    }

    @Override
    public long multiplyAdds(InputType input) {
        return routing.multiplyAdds(features(), numExperts);
    }

    @Override
    public void setNIn(InputType inputType, boolean override) {
        if (inputType instanceof InputTypeFeedForward vector) {
            require(getNIn() <= 0 || getNIn() == vector.getSize(), "nIn", getNIn(), vector.getSize());
            setNIn(vector.getSize());
        } else {
            super.setNIn(inputType, override);
        }
    }

    @Override
    public InputPreProcessor getPreProcessorForInputType(InputType inputType) {
        return inputType instanceof InputTypeFeedForward ? null : super.getPreProcessorForInputType(inputType);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
        return InputType.feedForward(numExperts);
    }

    @Override
    protected void validateInputs(List<long[]> shapes) {
        long[] x = shapes.get(0);
        if (x.length == 2) {
            require(x[1] == getNIn(), "input", Arrays.toString(x), "nIn = " + getNIn() + " columns");
        } else {
            super.validateInputs(shapes);
        }
    }

    /** No mask is left after pooling, as with DL4J's GlobalPoolingLayer. */
    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int minibatchSize) {
        return null;
    }

    /** Builds a {@link Router}. Its activation is the identity, whatever the network's. */
    @SuppressWarnings("unchecked") // build() of DL4J's builders is generic
    public static final class Builder extends ImageBlock.Builder<Builder> {
        private int numExperts = 8;
        private int previousExperts;
        private Routing routing = Routing.sigmoid();

        /** Number of experts of the layers that it routes, at least 1; default 8. */
        public Builder numExperts(int experts) {
            numExperts = experts;
            return this;
        }

        /**
         * Hierarchical routing: number of experts of the previous router, whose weights are this layer's second input
         * and are appended to the pooled features; default 0, none.
         */
        public Builder previousExperts(int experts) {
            previousExperts = experts;
            return this;
        }

        /** How features become weights; default {@link Routing#sigmoid()}. */
        public Builder routing(Routing routing) {
            this.routing = routing;
            return this;
        }

        @Override
        public Router build() {
            return new Router(this);
        }
    }
}
