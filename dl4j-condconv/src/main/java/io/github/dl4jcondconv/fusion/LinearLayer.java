package io.github.dl4jcondconv.fusion;

import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A stock layer that is a linear map, a bias and an activation, with the view of its weights as a kernel [nOut, nIn of a
 * group, kH, kW]. For a separable convolution that is the pointwise kernel, whose output the layer's is.
 *
 * @param weights the parameter that holds the kernel
 * @param toKernel the weights as a kernel
 * @param fromKernel a kernel as weights, given the weights it replaces for their shape
 */
record LinearLayer(String weights, UnaryOperator<INDArray> toKernel, BinaryOperator<INDArray> fromKernel)
        implements AffineHost {
    private static final String BIAS = "b";

    static final LinearLayer CONVOLUTION = new LinearLayer("W", w -> w, (kernel, w) -> kernel);

    private static final LinearLayer DENSE = new LinearLayer(
            "W",
            w -> w.transpose().reshape('c', w.size(1), w.size(0), 1, 1),
            (kernel, w) -> kernel.reshape('c', w.size(1), w.size(0)).transpose());

    /** Exact classes: a subclass may compute anything. */
    private static final Map<Class<?>, LinearLayer> BY_CLASS = Map.of(
            ConvolutionLayer.class, CONVOLUTION,
            Convolution2D.class, CONVOLUTION,
            Deconvolution2D.class, new LinearLayer("W", w -> w.swapAxes(0, 1), (kernel, w) -> kernel.swapAxes(0, 1)),
            DepthwiseConvolution2D.class,
                    new LinearLayer("W", LinearLayer::depthwiseKernel, LinearLayer::depthwiseWeights),
            SeparableConvolution2D.class, new LinearLayer("pW", w -> w, (kernel, w) -> kernel),
            DenseLayer.class, DENSE,
            OutputLayer.class, DENSE);

    static Optional<LinearLayer> of(Layer layer) {
        return layer == null ? Optional.empty() : Optional.ofNullable(BY_CLASS.get(layer.getClass()));
    }

    @Override
    public int outputs(NetworkDraft draft, String vertex) {
        return (int) toKernel.apply(draft.parameter(vertex, weights)).size(0);
    }

    @Override
    public Map<String, INDArray> then(NetworkDraft draft, String vertex, ChannelAffine map) {
        return write(draft, vertex, read(draft, vertex).then(map));
    }

    KernelBias read(NetworkDraft draft, String vertex) {
        return KernelBias.of(toKernel.apply(draft.parameter(vertex, weights)), draft.parameter(vertex, BIAS));
    }

    /**
     * The parameters of a layer with this kernel, of the same size as before, and this bias. The layer's configuration is
     * told that it has a bias.
     */
    Map<String, INDArray> write(NetworkDraft draft, String vertex, KernelBias value) {
        Map<String, INDArray> parameters = draft.parameters(vertex);
        parameters.put(weights, fromKernel.apply(value.kernel(DataType.DOUBLE), parameters.get(weights)));
        parameters.put(BIAS, value.bias(DataType.DOUBLE));
        if (draft.layer(vertex) instanceof ConvolutionLayer layer) {
            layer.setHasBias(true);
        } else if (draft.layer(vertex) instanceof DenseLayer layer) {
            layer.setHasBias(true);
        } else {
            ((OutputLayer) draft.layer(vertex)).setHasBias(true);
        }
        return parameters;
    }

    /** [kH, kW, nIn, depthMultiplier]; output channel = input channel * depthMultiplier + index of the multiplier. */
    private static INDArray depthwiseKernel(INDArray w) {
        return w.permute(2, 3, 0, 1).dup('c').reshape('c', w.size(2) * w.size(3), 1, w.size(0), w.size(1));
    }

    private static INDArray depthwiseWeights(INDArray kernel, INDArray w) {
        return kernel.reshape('c', w.size(2), w.size(3), w.size(0), w.size(1)).permute(2, 3, 0, 1);
    }
}
