package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.Routing;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A conditional dense layer: the products with all experts, then for each example the sum of its own by its routing
 * weights. Mixing the matrices first would take as many multiplications.
 */
final class CondDenseWriter implements OnnxWriter<CondDense> {

    @Override
    public Value write(CondDense layer, List<Value> inputs, VertexScope scope) {
        String x = inputs.get(0).tensor();
        String routing = layer.getRouting().function() == Routing.Function.SHARED
                ? inputs.get(1).tensor()
                : RoutingWriter.weights(layer.getRouting(), x, scope);
        long experts = layer.getNumExperts();
        INDArray sideBySide = scope.param("W").permute(1, 0, 2).dup('c');
        INDArray w = sideBySide.reshape('c', layer.getNIn(), experts * layer.getNOut());
        String products = layer.isHasBias()
                ? scope.op(OnnxOp.GEMM, x, scope.weights("W", w), scope.row("b"))
                : scope.op(OnnxOp.GEMM, x, scope.weights("W", w));
        String byExpert = scope.op(OnnxOp.RESHAPE, products, scope.longs(-1, experts, layer.getNOut()));
        String mixed = scope.op(OnnxOp.MATMUL, scope.op(OnnxOp.UNSQUEEZE, routing, scope.longs(1)), byExpert);
        String sum = scope.op(OnnxOp.SQUEEZE, mixed, scope.longs(1));
        if (layer.isStaticBias()) {
            sum = scope.op(OnnxOp.ADD, sum, scope.row("bs"));
        }
        Value result = Value.vectors(sum, layer.getNOut());
        return scope.write(
                layer.getActivationFn(), result.withPerExample(inputs.get(0).perExample()));
    }

    @Override
    public InputShape inputShape(CondDense layer) {
        return InputShape.vectors(layer.getNIn());
    }

    @Override
    public InputShape furtherInputShape(CondDense layer) {
        return InputShape.vectors(layer.getNumExperts());
    }
}
