package io.github.dl4jcondconv.export;

import onnx.Onnx.TensorProto;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;

/** A row of the weights for each example, whose input [N, 1] is the row's index. */
final class EmbeddingWriter implements OnnxWriter.Unary<EmbeddingLayer> {

    @Override
    public Value write(EmbeddingLayer layer, Value x, VertexScope scope) {
        String indices = scope.node(OnnxOp.CAST, scope.op(OnnxOp.SQUEEZE, x.tensor(), scope.longs(1)))
                .with("to", TensorProto.DataType.INT64.getNumber())
                .output();
        String rows = scope.op(OnnxOp.GATHER, scope.weights("W"), indices);
        String sum = scope.param("b") == null ? rows : scope.op(OnnxOp.ADD, rows, scope.row("b"));
        Value result = Value.vectors(sum, layer.getNOut()).withPerExample(x.perExample());
        return scope.write(layer.getActivationFn(), result);
    }

    @Override
    public InputShape inputShape(EmbeddingLayer layer) {
        return InputShape.vectors(1);
    }
}
