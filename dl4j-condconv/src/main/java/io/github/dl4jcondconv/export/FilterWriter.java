package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.activations.IActivation;

/**
 * Layers that slide filters over an image and then activate.
 *
 * @param settings reads what the writer has to know from a configuration
 * @param filters writes the nodes that make the pre-activation
 * @param furtherInput what the layer says about its inputs 1, 2, ...
 * @param <L> the configuration class
 */
record FilterWriter<L>(Function<L, Settings> settings, Filters<? super L> filters, Function<L, InputShape> furtherInput)
        implements OnnxWriter<L> {

    /** What every configuration of such a layer holds. */
    record Settings(Window window, CNN2DFormat format, long nIn, long nOut, IActivation activation) {
        static Settings of(ConvolutionLayer layer) {
            return new Settings(
                    Window.of(layer),
                    layer.getCnn2dDataFormat(),
                    layer.getNIn(),
                    layer.getNOut(),
                    layer.getActivationFn());
        }

        static Settings of(Convolution2DBlock layer) {
            return new Settings(
                    Window.of(layer), layer.getDataFormat(), layer.getNIn(), layer.getNOut(), layer.getActivationFn());
        }
    }

    /**
     * The nodes of one kind of layer.
     *
     * @param <L> the configuration class
     */
    @FunctionalInterface
    interface Filters<L> {
        /**
         * Writes the layer up to its activation and returns the tensor, NCHW.
         *
         * @param inputs images as NCHW, vectors as they are
         */
        String write(L layer, List<String> inputs, VertexScope scope);
    }

    /** Of DL4J's convolution, or what extends its configuration. */
    static <L extends ConvolutionLayer> FilterWriter<L> ofStock(Filters<? super L> filters) {
        return new FilterWriter<>(Settings::of, filters, layer -> InputShape.AS_CONSUMERS);
    }

    /** Of this library's convolutions, whose second input is a vector for each example. */
    static <L extends Convolution2DBlock> FilterWriter<L> ofOwn(Filters<? super L> filters) {
        return new FilterWriter<>(Settings::of, filters, layer -> InputShape.vectors(InputShape.OPEN));
    }

    /** Of this library's convolutions, whose second input is a mask. */
    static <L extends Convolution2DBlock> FilterWriter<L> ofMasked(Filters<? super L> filters) {
        return new FilterWriter<>(Settings::of, filters, layer -> InputShape.images(1, layer.getDataFormat()));
    }

    @Override
    public Value write(L layer, List<Value> inputs, VertexScope scope) {
        Settings is = settings.apply(layer);
        if (is.window().mode() == ConvolutionMode.Causal) {
            scope.reject(layer, "convolution mode Causal is for sequences, not images");
        }
        String sum = filters.write(layer, tensors(inputs, is.format(), scope), scope);
        Value result = Value.images(sum, is.nOut())
                .withTransposed(is.format() == CNN2DFormat.NHWC)
                .withPerExample(inputs.get(0).perExample());
        return scope.write(is.activation(), result);
    }

    private static List<String> tensors(List<Value> inputs, CNN2DFormat format, VertexScope scope) {
        List<String> tensors = new ArrayList<>(List.of(scope.channelsFirst(inputs.get(0), format)));
        for (Value further : inputs.subList(1, inputs.size())) {
            tensors.add(further.rank() == 4 ? scope.channelsFirst(further, format) : further.tensor());
        }
        return tensors;
    }

    @Override
    public InputShape inputShape(L layer) {
        Settings is = settings.apply(layer);
        return InputShape.images(is.nIn(), is.format());
    }

    @Override
    public InputShape furtherInputShape(L layer) {
        return furtherInput.apply(layer);
    }
}
