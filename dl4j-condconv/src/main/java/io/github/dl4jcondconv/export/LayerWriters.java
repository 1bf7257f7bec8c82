package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writers of the layers that take vectors and images alike. */
final class LayerWriters {
    private LayerWriters() {}

    /** Slopes [size of each dimension of one example], 1 where they are shared. */
    static Value prelu(PReLULayer layer, Value x, VertexScope scope) {
        Value input = scope.dl4jLayout(x);
        String slopes = scope.weights("W", scope.param("W"));
        return input.withTensor(scope.op(OnnxOp.PRELU, input.tensor(), slopes));
    }

    static Value elementWiseMultiplication(ElementWiseMultiplicationLayer layer, Value x, VertexScope scope) {
        INDArray weights = scope.param("W");
        INDArray bias = scope.param("b");
        String product = scope.op(OnnxOp.MUL, x.tensor(), scope.weights("W", weights.reshape(weights.length())));
        String sum = scope.op(OnnxOp.ADD, product, scope.weights("b", bias.reshape(bias.length())));
        return scope.write(layer.getActivationFn(), x.withTensor(sum));
    }

    /**
     * A layer that does nothing to its input at inference but hand it to another.
     *
     * @param <L> the wrapping layer
     */
    record Wrapper<L extends Layer>(java.util.function.Function<L, Layer> inner) implements OnnxWriter.Unary<L> {
        @Override
        public Value write(L layer, Value input, VertexScope scope) {
            return scope.write(inner.apply(layer), input);
        }

        @Override
        public InputShape inputShape(L layer) {
            return OnnxWriters.inputShape(inner.apply(layer));
        }
    }
}
