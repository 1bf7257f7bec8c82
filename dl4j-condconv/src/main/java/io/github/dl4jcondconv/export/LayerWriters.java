package io.github.dl4jcondconv.export;

import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;

/** Writers of the layers that take vectors and images alike. */
final class LayerWriters {
    private LayerWriters() {}

    /** Slopes [size of each dimension of one example], 1 where they are shared. */
    static Value prelu(PReLULayer layer, Value x, VertexScope scope) {
        Value input = scope.dl4jLayout(x);
        String slopes = scope.weights("W");
        return input.withTensor(scope.op(OnnxOp.PRELU, input.tensor(), slopes));
    }

    /**
     * A layer that does nothing at inference but hand its inputs to another.
     *
     * @param <L> the wrapping layer
     */
    record Wrapper<L extends Layer>(Function<L, Layer> inner) implements OnnxWriter<L> {
        @Override
        public Value write(L layer, List<Value> inputs, VertexScope scope) {
            return scope.write(inner.apply(layer), inputs);
        }

        @Override
        public InputShape inputShape(L layer) {
            return OnnxWriters.inputShape(inner.apply(layer));
        }

        @Override
        public InputShape furtherInputShape(L layer) {
            return OnnxWriters.furtherInputShape(inner.apply(layer));
        }
    }
}
