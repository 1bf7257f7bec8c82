package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.Deconvolution2D;

/**
 * A transposed convolution; weights [nIn, nOut, kH, kW] as in ONNX. In Same mode the image grows by exactly the stride,
 * so extent - stride rows are cut, the odd one at the bottom; where the stride is larger by one, an empty row is added there
 * instead. Where it is larger by more, DL4J spreads the empty rows, which ONNX cannot.
 */
final class DeconvolutionWriter extends ConvolutionWriter<Deconvolution2D> {

    @Override
    String convolve(Deconvolution2D layer, String images, VertexScope scope) {
        String[] inputs = withBias(scope, images, scope.weights("W"));
        Window window = window(layer);
        if (!window.isSame()) {
            return window.slide(scope, OnnxOp.CONV_TRANSPOSE, 0, inputs).output();
        }
        int rows = window.extent(0) - window.stride()[0];
        int columns = window.extent(1) - window.stride()[1];
        if (rows < -1 || columns < -1) {
            scope.reject(layer, "convolution mode Same with a stride more than one larger than the kernel");
        }
        int top = Math.max(rows, 0) / 2;
        int left = Math.max(columns, 0) / 2;
        return scope.node(OnnxOp.CONV_TRANSPOSE, inputs)
                .with("kernel_shape", window.kernel())
                .with("strides", window.stride())
                .with("dilations", window.dilation())
                .with("pads", top, left, Math.max(rows, 0) - top, Math.max(columns, 0) - left)
                .with("output_padding", Math.max(-rows, 0), Math.max(-columns, 0))
                .output();
    }
}
