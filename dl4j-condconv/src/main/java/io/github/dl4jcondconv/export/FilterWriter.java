package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.activations.IActivation;

/**
 * Layers that slide filters over an image and then activate. Subclasses say how a kind of configuration is read and which
 * nodes make the pre-activation.
 *
 * @param <L> the configuration class
 */
abstract class FilterWriter<L> implements OnnxWriter.Unary<L> {

    abstract Window window(L layer);

    abstract CNN2DFormat format(L layer);

    abstract long inputChannels(L layer);

    abstract long outputChannels(L layer);

    abstract IActivation activation(L layer);

    /** Writes the layer up to its activation and returns the tensor; images are NCHW. */
    abstract String convolve(L layer, String images, VertexScope scope);

    @Override
    public final Value write(L layer, Value input, VertexScope scope) {
        if (window(layer).mode() == ConvolutionMode.Causal) {
            scope.reject(layer, "convolution mode Causal is for sequences, not images");
        }
        CNN2DFormat format = format(layer);
        String sum = convolve(layer, scope.channelsFirst(input, format), scope);
        Value result = Value.images(sum, outputChannels(layer))
                .withTransposed(format == CNN2DFormat.NHWC)
                .withPerExample(input.perExample());
        return scope.write(activation(layer), result);
    }

    @Override
    public final InputShape inputShape(L layer) {
        return InputShape.images(inputChannels(layer), format(layer));
    }
}
