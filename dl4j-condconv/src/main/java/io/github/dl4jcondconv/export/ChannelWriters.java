package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.StridedChannels;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.activations.Activation;

/** Writers of the layers that pool, scale or choose whole channels. */
final class ChannelWriters {
    private ChannelWriters() {}

    static Value kernelContext(KernelContext layer, Value input, VertexScope scope) {
        String pooled = scope.globalAverage(scope.channelsFirst(input, layer.getDataFormat()));
        long size = scope.param("reduceb").length();
        Value context = Value.vectors(scope.affine(pooled, "reduce"), size).withPerExample(input.perExample());
        return scope.write(layer.getActivationFn(), context);
    }

    /** x times the gates [N, nIn, 1, 1]. */
    static Value squeezeExcitation(SqueezeExcitation layer, Value input, VertexScope scope) {
        String images = scope.channelsFirst(input, layer.getDataFormat());
        String squeezed = scope.affine(scope.globalAverage(images), "reduce");
        String hidden = layer.getHiddenActivation() == Activation.SWISH
                ? scope.op(OnnxOp.MUL, squeezed, scope.op(OnnxOp.SIGMOID, squeezed))
                : scope.op(OnnxOp.RELU, squeezed);
        String gates = scope.op(OnnxOp.SIGMOID, scope.affine(hidden, "expand"));
        String scaled = scope.op(OnnxOp.MUL, images, scope.op(OnnxOp.UNSQUEEZE, gates, scope.longs(2, 3)));
        Value result = input.withTensor(scaled)
                .withChannels(layer.getNIn())
                .withTransposed(layer.getDataFormat() == CNN2DFormat.NHWC);
        return scope.write(layer.getActivationFn(), result);
    }

    static Value stridedChannels(StridedChannels layer, Value input, VertexScope scope) {
        String chosen = scope.op(
                OnnxOp.SLICE,
                scope.channelsFirst(input, layer.getDataFormat()),
                scope.longs(layer.getOffset()),
                scope.longs(Long.MAX_VALUE),
                scope.longs(1),
                scope.longs(layer.getChannelStride()));
        Value result = input.withTensor(chosen)
                .withChannels(layer.getNIn() / layer.getChannelStride())
                .withTransposed(layer.getDataFormat() == CNN2DFormat.NHWC);
        return scope.write(layer.getActivationFn(), result);
    }
}
