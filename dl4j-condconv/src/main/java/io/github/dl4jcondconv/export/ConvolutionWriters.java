package io.github.dl4jcondconv.export;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writers of DL4J's convolutions. */
final class ConvolutionWriters {
    private ConvolutionWriters() {}

    /** Weights [nOut, nIn, kH, kW], as in ONNX. */
    static String convolution(ConvolutionLayer layer, List<String> inputs, VertexScope scope) {
        return Window.of(layer)
                .slide(scope, OnnxOp.CONV, 0, withBias(scope, inputs.get(0), scope.weights("W")))
                .output();
    }

    /**
     * A depthwise convolution is one with a group for each input channel. DL4J's weights [kH, kW, nIn, multiplier] become
     * [nIn * multiplier, 1, kH, kW]: the filters of one input channel are neighbours in both.
     */
    static String depthwise(DepthwiseConvolution2D layer, List<String> inputs, VertexScope scope) {
        INDArray w = scope.param("W");
        String filters = scope.weights("W", eachChannel(w.permute(2, 3, 0, 1)));
        return Window.of(layer)
                .slide(scope, OnnxOp.CONV, 0, withBias(scope, inputs.get(0), filters))
                .with("group", w.size(2))
                .output();
    }

    /**
     * A depthwise convolution without bias, then a 1x1 convolution. DL4J's depthwise weights [multiplier, nIn, kH, kW]
     * become [nIn * multiplier, 1, kH, kW]; the pointwise ones are already [nOut, nIn * multiplier, 1, 1].
     */
    static String separable(SeparableConvolution2D layer, List<String> inputs, VertexScope scope) {
        INDArray w = scope.param("W");
        String filters = scope.weights("W", eachChannel(w.permute(1, 0, 2, 3)));
        String depthwise = Window.of(layer)
                .slide(scope, OnnxOp.CONV, 0, inputs.get(0), filters)
                .with("group", w.size(1))
                .output();
        return scope.op(OnnxOp.CONV, withBias(scope, depthwise, scope.weights("pW")));
    }

    /** Filters [nIn, multiplier, kH, kW] as [nIn * multiplier, 1, kH, kW]. */
    private static INDArray eachChannel(INDArray w) {
        return w.dup('c').reshape('c', w.size(0) * w.size(1), 1, w.size(2), w.size(3));
    }

    /**
     * A transposed convolution; weights [nIn, nOut, kH, kW] as in ONNX. In Same mode the image grows by exactly the
     * stride, so extent - stride rows are cut, the odd one at the bottom; where the stride is larger by one, an empty row
     * is added there instead. Where it is larger by more, DL4J spreads the empty rows, which ONNX cannot.
     */
    static String deconvolution(Deconvolution2D layer, List<String> inputs, VertexScope scope) {
        String[] operands = withBias(scope, inputs.get(0), scope.weights("W"));
        Window window = Window.of(layer);
        if (!window.isSame()) {
            return window.slide(scope, OnnxOp.CONV_TRANSPOSE, 0, operands).output();
        }
        int rows = window.extent(0) - window.stride()[0];
        int columns = window.extent(1) - window.stride()[1];
        if (rows < -1 || columns < -1) {
            scope.reject(layer, "convolution mode Same with a stride more than one larger than the kernel");
        }
        int top = Math.max(rows, 0) / 2;
        int left = Math.max(columns, 0) / 2;
        return scope.node(OnnxOp.CONV_TRANSPOSE, operands)
                .with("kernel_shape", window.kernel())
                .with("strides", window.stride())
                .with("dilations", window.dilation())
                .with("pads", top, left, Math.max(rows, 0) - top, Math.max(columns, 0) - left)
                .with("output_padding", Math.max(-rows, 0), Math.max(-columns, 0))
                .output();
    }

    private static String[] withBias(VertexScope scope, String images, String weights) {
        return scope.param("b") == null
                ? new String[] {images, weights}
                : new String[] {images, weights, scope.row("b")};
    }
}
