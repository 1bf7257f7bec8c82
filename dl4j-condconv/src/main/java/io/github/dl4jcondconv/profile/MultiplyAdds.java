package io.github.dl4jcondconv.profile;

import io.github.dl4jcondconv.engine.ParamKind;
import io.github.dl4jcondconv.engine.Parameter;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DensityCost;
import java.util.OptionalLong;
import java.util.Set;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;

/**
 * What a layer costs by the convention of {@link GraphProfile}. In a stock layer every weight is one multiply-add at each
 * place where the weights are applied, so the cost is the number of weights times the number of places.
 */
final class MultiplyAdds {
    /** Weights are applied at every position of the output. */
    private static final Set<Class<?>> BY_OUTPUT = Set.of(
            ConvolutionLayer.class,
            Convolution2D.class,
            Convolution1DLayer.class,
            Convolution3D.class,
            DepthwiseConvolution2D.class,
            SeparableConvolution2D.class,
            DenseLayer.class,
            OutputLayer.class,
            CenterLossOutputLayer.class,
            RnnOutputLayer.class);

    /** Weights are applied at every position of the input. */
    private static final Set<Class<?>> BY_INPUT = Set.of(Deconvolution2D.class, Deconvolution3D.class);

    /** Looked up or applied to single elements, as activations are. */
    private static final Set<Class<?>> FREE = Set.of(
            BatchNormalization.class,
            PReLULayer.class,
            ElementWiseMultiplicationLayer.class,
            EmbeddingLayer.class,
            EmbeddingSequenceLayer.class);

    private MultiplyAdds() {}

    /**
     * @param density share of positions that the layer's mask samples, if it has one
     */
    static OptionalLong of(Layer layer, InputType input, InputType output, Counting counting, double density) {
        if (layer instanceof SameDiffBlock block) {
            return OptionalLong.of(ofBlock(block, input, output, counting, density));
        }
        if (layer.initializer().numParams(layer) == 0 || FREE.contains(layer.getClass())) {
            return OptionalLong.of(0);
        }
        if (BY_OUTPUT.contains(layer.getClass())) {
            return OptionalLong.of(weights((FeedForwardLayer) layer) * positions(output));
        }
        if (BY_INPUT.contains(layer.getClass())) {
            return OptionalLong.of(weights((FeedForwardLayer) layer) * positions(input));
        }
        return OptionalLong.empty();
    }

    private static long ofBlock(
            SameDiffBlock block, InputType input, InputType output, Counting counting, double density) {
        if (counting.paperMixing() && (block instanceof CondConvBlock || block instanceof CondDense)) {
            Parameter experts = block.parameters().get(0);
            return experts.length() + experts.length() / experts.shape()[0] * positions(output) + routerWeights(block);
        }
        return block instanceof DensityCost sampled ? sampled.multiplyAdds(input, density) : block.multiplyAdds(input);
    }

    /** The weights of a conditional layer's own router, each of which is one multiply-add; 0 if it shares one. */
    private static long routerWeights(SameDiffBlock block) {
        return block.parameters().stream()
                .filter(p -> p.name().startsWith("routing") && p.kind() == ParamKind.WEIGHT)
                .mapToLong(Parameter::length)
                .sum();
    }

    /** All parameters but the biases; a layer of DL4J has one for each output, or none. */
    private static long weights(FeedForwardLayer layer) {
        if (layer instanceof CenterLossOutputLayer) {
            return layer.getNIn() * layer.getNOut();
        }
        boolean biased = !layer.initializer().biasKeys(layer).isEmpty();
        return layer.initializer().numParams(layer) - (biased ? layer.getNOut() : 0);
    }

    private static long positions(InputType type) {
        if (type instanceof InputType.InputTypeConvolutional c) {
            return c.getHeight() * c.getWidth();
        }
        if (type instanceof InputType.InputTypeConvolutional3D c) {
            return c.getDepth() * c.getHeight() * c.getWidth();
        }
        return type instanceof InputType.InputTypeRecurrent r ? r.getTimeSeriesLength() : 1;
    }
}
