package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.Parameters;
import java.io.Serializable;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * How a layer comes by the weights of its experts (Yang et al., "CondConv", NeurIPS 2019, section 4.3.1).
 *
 * <pre>
 * a = sigmoid(h . routingW + routingb)  or  softmax((h . routingW + routingb) / temperature)
 * h = features  or, with a hidden layer,  relu(features . routingHiddenW + routingHiddenb)
 * </pre>
 *
 * The paper's routing functions:
 *
 * <ul>
 *   <li>baseline: {@link #sigmoid()}, the default; softmax: {@link #softmax}
 *   <li>hidden small, medium, large: {@link #withHiddenLayer} of ratio 1/8, 1, 8
 *   <li>single, and shared between neighbours: one {@link Router} vertex as second input of several layers, each with
 *       {@link #shared()}
 *   <li>hierarchical: a {@link Router} that also reads the previous one, {@link Router.Builder#previousExperts}
 * </ul>
 *
 * Values that are not allowed fail with the name of the layer that they are for, when that is added to a network.
 *
 * @param function what makes weights of logits, or that another vertex gives the weights
 * @param temperature divisor of softmax's logits; 1 for the other functions
 * @param hiddenRatio size of the hidden layer over the number of features; 0 for none
 * @param retain probability in training that a weight is kept, 1 for no dropout
 */
public record Routing(Function function, double temperature, double hiddenRatio, double retain)
        implements Serializable {
    private static final long serialVersionUID = 1;

    /** The name by which layers with a router of their own expose its weights [N, E] at inference. */
    public static final String WEIGHTS = "routing weights";

    /** What makes routing weights. */
    public enum Function {
        /** Each weight by itself, 0 to 1; they do not sum to one. */
        SIGMOID,
        /** Weights that sum to one. */
        SOFTMAX,
        /** The layer's second input, made by a {@link Router}. */
        SHARED
    }

    void validate(Check check) {
        check.require(
                temperature > 0 && Double.isFinite(temperature), "temperature of the routing", temperature, "above 0");
        check.require(
                hiddenRatio >= 0 && Double.isFinite(hiddenRatio),
                "hidden layer's ratio of the routing",
                hiddenRatio,
                "above 0, or 0 for none");
        check.require(
                retain > 0 && retain <= 1,
                "dropOut of the routing",
                retain,
                "above 0, to 1: the probability of keeping a weight");
        check.require(
                !fromInput() || hiddenRatio == 0 && retain == 1,
                "routing",
                function,
                "without hidden layer and dropout, which belong to the Router");
    }

    /** One sigmoid for each expert: the paper's baseline. */
    public static Routing sigmoid() {
        return new Routing(Function.SIGMOID, 1, 0, 1);
    }

    /**
     * Softmax over the experts.
     *
     * @param temperature above 0; the higher, the more alike the weights
     */
    public static Routing softmax(double temperature) {
        return new Routing(Function.SOFTMAX, temperature, 0, 1);
    }

    /** The weights [N, E] come as second input, from a {@link Router} that several layers share. */
    public static Routing shared() {
        return new Routing(Function.SHARED, 1, 0, 1);
    }

    /**
     * With a hidden ReLU layer between features and logits.
     *
     * @param ratio its size over the number of features, above 0, or 0 for none; the size is at least 1
     */
    public Routing withHiddenLayer(double ratio) {
        return new Routing(function, temperature, ratio, retain);
    }

    /**
     * With dropout of routing weights in training: each expert of each example is dropped by itself, the others are
     * scaled up to keep the mean.
     *
     * @param retain probability of keeping a weight, above 0, to 1, as in DL4J's dropOut
     */
    public Routing withDropOut(double retain) {
        return new Routing(function, temperature, hiddenRatio, retain);
    }

    boolean fromInput() {
        return function == Function.SHARED;
    }

    /** Whether a {@link RoutingPass} can compute the weights. */
    boolean isOneMatrix() {
        return !fromInput() && hiddenRatio == 0 && retain == 1;
    }

    void define(Parameters p, long features, long experts) {
        if (fromInput()) {
            return;
        }
        if (hiddenRatio > 0) {
            p.weight("routingHiddenW", features, hidden(features), features, hidden(features));
            p.bias("routingHiddenb", 0, hidden(features));
        }
        long last = hiddenRatio > 0 ? hidden(features) : features;
        p.weight("routingW", last, experts, last, experts);
        p.bias("routingb", 0, experts);
    }

    /** Routing weights [N, experts] for features [N, F]. */
    SDVariable weights(BlockGraph graph, SDVariable features, long experts) {
        SDVariable h = features;
        if (hiddenRatio > 0) {
            h = graph.sameDiff().nn().relu(Matrices.affine(graph, features, "routingHidden"), 0);
        }
        SDVariable logits = Matrices.affine(graph, h, "routing");
        SDVariable weights = function == Function.SIGMOID
                ? graph.sameDiff().nn().sigmoid(logits)
                : graph.sameDiff().nn().softmax(logits.div(temperature), 1);
        if (!graph.training()) {
            graph.expose(WEIGHTS, weights);
            return weights;
        }
        return retain < 1 ? dropped(graph, weights, experts) : weights;
    }

    private SDVariable dropped(BlockGraph graph, SDVariable weights, long experts) {
        SDVariable noise = graph.uniformNoise("routingNoise", 2, inputs -> new long[] {inputs.get(0)[0], experts});
        return weights.mul(noise.lt(retain).castTo(graph.dataType())).div(retain);
    }

    long multiplyAdds(long features, long experts) {
        if (fromInput()) {
            return 0;
        }
        return hiddenRatio > 0 ? hidden(features) * (features + experts) : features * experts;
    }

    private long hidden(long features) {
        return Math.max(1, Math.round(features * hiddenRatio));
    }
}
