package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;

/** act(w x + b), element by element. */
final class ElementWiseMultiplicationWriter implements OnnxWriter.Unary<ElementWiseMultiplicationLayer> {

    @Override
    public Value write(ElementWiseMultiplicationLayer layer, Value x, VertexScope scope) {
        String product = scope.op(OnnxOp.MUL, x.tensor(), scope.row("W"));
        String sum = scope.op(OnnxOp.ADD, product, scope.row("b"));
        return scope.write(layer.getActivationFn(), x.withTensor(sum));
    }

    @Override
    public InputShape inputShape(ElementWiseMultiplicationLayer layer) {
        return InputShape.vectors(layer.getNIn());
    }
}
