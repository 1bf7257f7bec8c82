package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/** Convolutions and everything that is configured like one: subclasses say which nodes make the pre-activation. */
class ConvolutionWriter<L extends ConvolutionLayer> implements OnnxWriter.Unary<L> {

    @Override
    public final Value write(L layer, Value input, VertexScope scope) {
        if (layer.getConvolutionMode() == ConvolutionMode.Causal) {
            scope.reject(layer, "convolution mode Causal is for sequences, not images");
        }
        CNN2DFormat format = layer.getCnn2dDataFormat();
        String sum = convolve(layer, scope.channelsFirst(input, format), scope);
        Value result = Value.images(sum, outputChannels(layer, scope))
                .withTransposed(format == CNN2DFormat.NHWC)
                .withPerExample(input.perExample());
        return scope.write(layer.getActivationFn(), result);
    }

    /** Weights [nOut, nIn, kH, kW], as in ONNX. */
    String convolve(L layer, String input, VertexScope scope) {
        String[] inputs = withBias(scope, input, scope.weights("W", scope.param("W")));
        return Window.of(layer).slide(scope, OnnxOp.CONV, 0, inputs).output();
    }

    long outputChannels(L layer, VertexScope scope) {
        return layer.getNOut();
    }

    @Override
    public final InputShape inputShape(L layer) {
        return InputShape.images(layer.getNIn(), layer.getCnn2dDataFormat());
    }

    static String[] withBias(VertexScope scope, String input, String weights) {
        return scope.param("b") == null
                ? new String[] {input, weights}
                : new String[] {input, weights, scope.row("b")};
    }
}
