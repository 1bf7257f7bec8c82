package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fully connected layers, output layers included: act(x W + b), weights [nIn, nOut]. */
final class DenseWriter<L extends FeedForwardLayer> implements OnnxWriter.Unary<L> {

    @Override
    public Value write(L layer, Value input, VertexScope scope) {
        INDArray bias = scope.param("b");
        String weights = scope.weights("W", scope.param("W"));
        String sum = bias == null
                ? scope.op(OnnxOp.GEMM, input.tensor(), weights)
                : scope.op(OnnxOp.GEMM, input.tensor(), weights, scope.weights("b", bias.reshape(bias.length())));
        if (scope.param("g") != null) {
            scope.reject(layer, "layer normalisation (hasLayerNorm) is not supported");
        }
        Value result = Value.vectors(sum, layer.getNOut()).withPerExample(input.perExample());
        return scope.write(layer.getActivationFn(), result);
    }

    @Override
    public InputShape inputShape(L layer) {
        return InputShape.vectors(layer.getNIn());
    }
}
