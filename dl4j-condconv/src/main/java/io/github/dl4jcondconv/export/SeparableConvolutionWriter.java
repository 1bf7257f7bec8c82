package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution without bias, then a 1x1 convolution. DL4J's depthwise weights [multiplier, nIn, kH, kW]
 * become [nIn * multiplier, 1, kH, kW]; the pointwise ones are already [nOut, nIn * multiplier, 1, 1].
 */
final class SeparableConvolutionWriter extends ConvolutionWriter<SeparableConvolution2D> {

    @Override
    String convolve(SeparableConvolution2D layer, String images, VertexScope scope) {
        INDArray w = scope.param("W");
        long channels = w.size(1);
        INDArray filters = w.permute(1, 0, 2, 3).dup('c').reshape('c', channels * w.size(0), 1, w.size(2), w.size(3));
        String depthwise = window(layer)
                .slide(scope, OnnxOp.CONV, 0, images, scope.weights("W", filters))
                .with("group", channels)
                .output();
        return scope.op(OnnxOp.CONV, withBias(scope, depthwise, scope.weights("pW")));
    }
}
