package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/** Fully connected layers, output layers included: act(x W + b), or act(g norm(x W) + b) with layer normalization. */
final class DenseWriter<L extends FeedForwardLayer> implements OnnxWriter.Unary<L> {

    @Override
    public Value write(L layer, Value input, VertexScope scope) {
        String weights = scope.weights("W");
        String sum = scope.param("g") == null
                ? product(scope, input.tensor(), weights)
                : normalizedProduct(scope, input.tensor(), weights);
        Value result = Value.vectors(sum, layer.getNOut()).withPerExample(input.perExample());
        return scope.write(layer.getActivationFn(), result);
    }

    private static String product(VertexScope scope, String x, String weights) {
        return scope.param("b") == null
                ? scope.op(OnnxOp.GEMM, x, weights)
                : scope.op(OnnxOp.GEMM, x, weights, scope.row("b"));
    }

    /** norm(z) = (z - mean) / std over each example, the biased std and no epsilon; a constant z gives 0, as in DL4J. */
    private static String normalizedProduct(VertexScope scope, String x, String weights) {
        String z = scope.op(OnnxOp.GEMM, x, weights);
        String centred = scope.op(OnnxOp.SUB, z, mean(scope, z));
        String variance = mean(scope, scope.op(OnnxOp.MUL, centred, centred));
        String deviation = scope.op(OnnxOp.MAX, scope.op(OnnxOp.SQRT, variance), scope.scalar(Float.MIN_NORMAL));
        String scaled = scope.op(OnnxOp.MUL, scope.op(OnnxOp.DIV, centred, deviation), scope.row("g"));
        return scope.param("b") == null ? scaled : scope.op(OnnxOp.ADD, scaled, scope.row("b"));
    }

    private static String mean(VertexScope scope, String x) {
        return scope.node(OnnxOp.REDUCE_MEAN, x)
                .with("axes", new int[] {1})
                .with("keepdims", 1)
                .output();
    }

    @Override
    public InputShape inputShape(L layer) {
        return InputShape.vectors(layer.getNIn());
    }
}
