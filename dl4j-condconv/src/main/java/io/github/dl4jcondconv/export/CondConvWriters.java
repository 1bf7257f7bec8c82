package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Routing;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Conditional convolutions, with an open batch size: {@link OnnxOptions#mixing()} says in which form. */
final class CondConvWriters {
    private CondConvWriters() {}

    static String condConv(CondConv2D layer, List<String> inputs, VertexScope scope) {
        return write(layer, scope.param("W"), 1, inputs, scope);
    }

    /** The experts' filters of one input channel become neighbours. */
    static String depthwise(DepthwiseCondConv2D layer, List<String> inputs, VertexScope scope) {
        INDArray w = scope.param("W").permute(0, 2, 1, 3, 4).dup('c');
        INDArray experts = w.reshape('c', w.size(0), layer.getNOut(), 1, w.size(3), w.size(4));
        return write(layer, experts, layer.getNIn(), inputs, scope);
    }

    /**
     * @param experts [E, nOut, nIn / group, kH, kW]
     */
    private static String write(
            CondConvBlock layer, INDArray experts, long group, List<String> inputs, VertexScope scope) {
        String routing = layer.getRouting().function() == Routing.Function.SHARED
                ? inputs.get(1)
                : RoutingWriter.weights(layer.getRouting(), scope.globalAverage(inputs.get(0)), scope);
        ExampleKernels kernels = new ExampleKernels(Window.of(layer), layer.getNIn(), layer.getNOut(), group);
        Mixing mixing = scope.options().mixing();
        boolean outputs =
                mixing == Mixing.OUTPUTS || mixing == Mixing.AUTO && kernels.isSlowerThan(layer.getNumExperts());
        return outputs
                ? mixOutputs(layer, experts, group, inputs.get(0), routing, scope)
                : kernels.convolve(
                        scope, inputs.get(0), mix(scope, routing, "W", experts), biases(layer, scope, routing));
    }

    private static String mixOutputs(
            CondConvBlock layer, INDArray experts, long group, String images, String routing, VertexScope scope) {
        WeightedConvolutions branches = new WeightedConvolutions(scope, Window.of(layer));
        String[] weights = branches.split(routing, layer.getNumExperts());
        for (int e = 0; e < weights.length; e++) {
            // get() of a view may answer with an empty array: it compares the view's offset with its length
            INDArray filters = experts.tensorAlongDimension(e, 1, 2, 3, 4);
            INDArray bias = layer.isHasBias() ? scope.param("b").getRow(e) : null;
            branches.add(images, weights[e], group, filters, bias);
        }
        return branches.sum();
    }

    /** Experts [E, ...] weighed for each example, [N, size of one expert]. */
    private static String mix(VertexScope scope, String routing, String key, INDArray experts) {
        INDArray rows = experts.reshape(experts.size(0), experts.length() / experts.size(0));
        return scope.op(OnnxOp.MATMUL, routing, scope.weights(key, rows));
    }

    /** The biases of each example [N, nOut], the static one added; null where no bias is mixed. */
    private static String biases(CondConvBlock layer, VertexScope scope, String routing) {
        if (!layer.isHasBias()) {
            return null;
        }
        return layer.isStaticBias()
                ? scope.op(OnnxOp.GEMM, routing, scope.weights("b"), scope.row("bs"))
                : mix(scope, routing, "b", scope.param("b"));
    }
}
