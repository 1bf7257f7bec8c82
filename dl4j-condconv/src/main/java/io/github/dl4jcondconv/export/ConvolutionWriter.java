package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.activations.IActivation;

/**
 * Convolution with weights [nOut, nIn, kH, kW], as in ONNX.
 *
 * @param <L> DL4J's convolution, or what extends its configuration
 */
class ConvolutionWriter<L extends ConvolutionLayer> extends FilterWriter<L> {

    @Override
    String convolve(L layer, String images, VertexScope scope) {
        return window(layer)
                .slide(scope, OnnxOp.CONV, 0, withBias(scope, images, scope.weights("W")))
                .output();
    }

    static String[] withBias(VertexScope scope, String images, String weights) {
        return scope.param("b") == null
                ? new String[] {images, weights}
                : new String[] {images, weights, scope.row("b")};
    }

    @Override
    final Window window(L layer) {
        return Window.of(layer);
    }

    @Override
    final CNN2DFormat format(L layer) {
        return layer.getCnn2dDataFormat();
    }

    @Override
    final long inputChannels(L layer) {
        return layer.getNIn();
    }

    @Override
    final long outputChannels(L layer) {
        return layer.getNOut();
    }

    @Override
    final IActivation activation(L layer) {
        return layer.getActivationFn();
    }
}
