package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;

/** Writers of the layers without weights that map images to images. */
final class ImageWriters {
    private ImageWriters() {}

    static Value zeroPadding(ZeroPaddingLayer layer, Value input, VertexScope scope) {
        int[] p = layer.getPadding();
        String pads = scope.longs(0, 0, p[0], p[2], 0, 0, p[1], p[3]);
        String x = scope.channelsFirst(input, layer.getDataFormat());
        return result(input, scope.op(OnnxOp.PAD, x, pads), layer.getDataFormat());
    }

    static Value cropping(Cropping2D layer, Value input, VertexScope scope) {
        int[] crop = layer.getCropping();
        String x = scope.channelsFirst(input, layer.getDataFormat());
        String cropped = scope.op(
                OnnxOp.SLICE,
                x,
                scope.longs(crop[0], crop[2]),
                scope.longs(end(crop[1]), end(crop[3])),
                scope.longs(2, 3));
        return result(input, cropped, layer.getDataFormat());
    }

    /** ONNX counts a negative end from the back, where 0 would be the front. */
    private static long end(int crop) {
        return crop == 0 ? Long.MAX_VALUE : -crop;
    }

    static Value upsampling(Upsampling2D layer, Value input, VertexScope scope) {
        String x = scope.channelsFirst(input, layer.getFormat());
        int[] size = layer.getSize();
        String repeated = scope.node(OnnxOp.RESIZE, x, "", scope.floats(1, 1, size[0], size[1]))
                .with("mode", "nearest")
                .with("nearest_mode", "floor")
                .with("coordinate_transformation_mode", "asymmetric")
                .output();
        return result(input, repeated, layer.getFormat());
    }

    static Value spaceToDepth(SpaceToDepthLayer layer, Value input, VertexScope scope) {
        int size = layer.getBlockSize();
        String x = scope.channelsFirst(input, layer.getDataFormat());
        String blocks =
                scope.node(OnnxOp.SPACE_TO_DEPTH, x).with("blocksize", size).output();
        long channels = input.channels() == Value.UNKNOWN ? Value.UNKNOWN : input.channels() * size * size;
        return result(input, blocks, layer.getDataFormat()).withChannels(channels);
    }

    /** DL4J sums n/2 (rounded down) channels on either side; ONNX divides alpha by the size of its window. */
    static Value localResponseNormalization(LocalResponseNormalization layer, Value input, VertexScope scope) {
        int size = 2 * ((int) layer.getN() / 2) + 1;
        String x = scope.channelsFirst(input, layer.getDataFormat());
        String normalized = scope.node(OnnxOp.LRN, x)
                .with("size", size)
                .with("alpha", layer.getAlpha() * size)
                .with("beta", layer.getBeta())
                .with("bias", layer.getK())
                .output();
        return result(input, normalized, layer.getDataFormat());
    }

    /** The activation of every pixel; a softmax runs over the channels, unlike in any other layer. */
    static Value cnnLoss(CnnLossLayer layer, Value input, VertexScope scope) {
        if (!(layer.getActivationFn() instanceof ActivationSoftmax)) {
            return scope.write(layer.getActivationFn(), input);
        }
        String x = scope.channelsFirst(input, layer.getFormat());
        String probabilities = scope.node(OnnxOp.SOFTMAX, x).with("axis", 1).output();
        return result(input, probabilities, layer.getFormat());
    }

    private static Value result(Value input, String tensor, CNN2DFormat format) {
        return input.withTensor(tensor).withTransposed(format == CNN2DFormat.NHWC);
    }
}
