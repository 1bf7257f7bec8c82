package io.github.dl4jcondconv.weights;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;

/**
 * Names of the tensors that hold a layer's parameters, in the state dictionaries of PyTorch and of the papers' own code.
 * A tensor is called by the layer's name, a dot and:
 *
 * <ul>
 *   <li>convolutions, dense and output layers: {@code weight}, {@code bias}, as in PyTorch
 *   <li>BatchNormalization: {@code weight}, {@code bias}, {@code running_mean}, {@code running_var}, as in PyTorch
 *   <li>CondConv2D, DepthwiseCondConv2D, CondDense: {@code weight}, {@code bias}, as in timm, and {@code
 *       routing_fn.weight}, {@code routing_fn.bias} where the router is the layer's own
 *   <li>Router: {@code weight}, {@code bias}; it is the {@code routing_fn} of timm's block
 *   <li>SqueezeExcitation: {@code conv_reduce.weight}, {@code conv_expand.weight} and their biases, as in timm
 *   <li>AsymmetricConvBlock: {@code square_conv.weight}, {@code square_bn.weight} and so on, and the same with {@code hor}
 *       and {@code ver}, as in ACNet
 *   <li>WeightNetConv2D, DepthwiseWeightNetConv2D: {@code wn_fc1.weight}, {@code wn_fc1.bias}, {@code wn_fc2.weight}, as
 *       in WeightNet, and {@code reduce.weight}, {@code reduce.bias} where the context is the layer's own
 *   <li>KernelContext: {@code weight}, {@code bias}; it is the {@code reduce} of WeightNet's block
 * </ul>
 */
final class StateDict {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    private static final List<Rule> CONVOLUTION =
            List.of(new Rule("W", WEIGHT, Form.SAME), new Rule("b", BIAS, Form.CHANNELS));
    private static final List<Rule> DENSE =
            List.of(new Rule("W", WEIGHT, Form.LINEAR), new Rule("b", BIAS, Form.CHANNELS));
    private static final List<Rule> ROUTER = List.of(
            new Rule("routingW", "routing_fn.weight", Form.LINEAR),
            new Rule("routingb", "routing_fn.bias", Form.CHANNELS));
    private static final List<Rule> WEIGHTNET = List.of(
            new Rule("reduceW", "reduce.weight", Form.LINEAR),
            new Rule("reduceb", "reduce.bias", Form.CHANNELS),
            new Rule("fc1W", "wn_fc1.weight", Form.LINEAR),
            new Rule("fc1b", "wn_fc1.bias", Form.CHANNELS),
            new Rule("fc2W", "wn_fc2.weight", Form.GROUPED));

    private static final Map<Class<? extends Layer>, List<Rule>> RULES = Map.ofEntries(
            Map.entry(ConvolutionLayer.class, CONVOLUTION),
            Map.entry(Convolution2D.class, CONVOLUTION),
            Map.entry(MaskedConv2D.class, CONVOLUTION),
            Map.entry(SamplingMask.class, CONVOLUTION),
            Map.entry(Interpolation.class, List.of(new Rule("sigma", "sigma", Form.SAME))),
            Map.entry(
                    DepthwiseConvolution2D.class,
                    List.of(new Rule("W", WEIGHT, Form.DEPTHWISE), new Rule("b", BIAS, Form.CHANNELS))),
            Map.entry(DenseLayer.class, DENSE),
            Map.entry(OutputLayer.class, DENSE),
            Map.entry(
                    BatchNormalization.class,
                    List.of(
                            new Rule("gamma", WEIGHT, Form.CHANNELS),
                            new Rule("beta", BIAS, Form.CHANNELS),
                            new Rule("mean", "running_mean", Form.CHANNELS),
                            new Rule("var", "running_var", Form.CHANNELS),
                            new Rule("log10stdev", "running_var", Form.VARIANCE))),
            Map.entry(CondConv2D.class, conditional(Form.EXPERTS)),
            Map.entry(DepthwiseCondConv2D.class, conditional(Form.DEPTHWISE_EXPERTS)),
            Map.entry(CondDense.class, conditional(Form.LINEAR_EXPERTS)),
            Map.entry(
                    Router.class,
                    List.of(new Rule("routingW", WEIGHT, Form.LINEAR), new Rule("routingb", BIAS, Form.CHANNELS))),
            Map.entry(
                    SqueezeExcitation.class,
                    List.of(
                            new Rule("reduceW", "conv_reduce.weight", Form.LINEAR),
                            new Rule("reduceb", "conv_reduce.bias", Form.CHANNELS),
                            new Rule("expandW", "conv_expand.weight", Form.LINEAR),
                            new Rule("expandb", "conv_expand.bias", Form.CHANNELS))),
            Map.entry(AsymmetricConvBlock.class, asymmetric()),
            Map.entry(WeightNetConv2D.class, WEIGHTNET),
            Map.entry(DepthwiseWeightNetConv2D.class, WEIGHTNET),
            Map.entry(
                    KernelContext.class,
                    List.of(new Rule("reduceW", WEIGHT, Form.LINEAR), new Rule("reduceb", BIAS, Form.CHANNELS))));

    private StateDict() {}

    private static List<Rule> conditional(Form experts) {
        return Stream.concat(Stream.of(new Rule("W", WEIGHT, experts), new Rule("b", BIAS, Form.SAME)), ROUTER.stream())
                .toList();
    }

    private static List<Rule> asymmetric() {
        List<Rule> rules = new ArrayList<>();
        Map.of("sq", "square", "hor", "hor", "ver", "ver").forEach((branch, name) -> {
            rules.add(new Rule("W" + branch, name + "_conv.weight", Form.SAME));
            rules.add(new Rule("gamma" + branch, name + "_bn.weight", Form.CHANNELS));
            rules.add(new Rule("beta" + branch, name + "_bn.bias", Form.CHANNELS));
            rules.add(new Rule("mean" + branch, name + "_bn.running_mean", Form.CHANNELS));
            rules.add(new Rule("var" + branch, name + "_bn.running_var", Form.CHANNELS));
        });
        return rules;
    }

    /**
     * Where a parameter is.
     *
     * @throws IllegalArgumentException if no state dictionary is known to hold such a parameter
     */
    static Rule rule(String vertex, Layer layer, String parameter) {
        return RULES.getOrDefault(layer.getClass(), List.of()).stream()
                .filter(rule -> rule.parameter().equals(parameter))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("vertex \"" + vertex + "\", a "
                        + layer.getClass().getSimpleName() + ": no state dictionary is known to hold its parameter \""
                        + parameter + "\""));
    }

    /**
     * Names that a layer may have in a state dictionary. ACNet's code calls a block that stands for a convolution
     * "conv" with its normalisation "acb", or leaves the part out.
     */
    static List<String> names(String vertex, Layer layer) {
        if (!(layer instanceof AsymmetricConvBlock) || !vertex.endsWith(".conv")) {
            return List.of(vertex);
        }
        String outer = vertex.substring(0, vertex.length() - ".conv".length());
        return List.of(vertex, outer + ".acb", outer);
    }

    /** Whether a tensor counts training steps, which no layer of DL4J does. */
    static boolean isCounter(String tensor) {
        return tensor.endsWith("num_batches_tracked");
    }
}
