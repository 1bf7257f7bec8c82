package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A depthwise convolution is one with a group for each input channel. DL4J's weights [kH, kW, nIn, multiplier] become
 * [nIn * multiplier, 1, kH, kW]: the filters of one input channel are neighbours in both.
 */
final class DepthwiseConvolutionWriter extends ConvolutionWriter<DepthwiseConvolution2D> {

    @Override
    String convolve(DepthwiseConvolution2D layer, String images, VertexScope scope) {
        INDArray w = scope.param("W");
        long channels = w.size(2);
        INDArray filters = w.permute(2, 3, 0, 1).dup('c').reshape('c', channels * w.size(3), 1, w.size(0), w.size(1));
        return window(layer)
                .slide(scope, OnnxOp.CONV, 0, withBias(scope, images, scope.weights("W", filters)))
                .with("group", channels)
                .output();
    }
}
