package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Routing;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * CondConv with an open batch size: the kernels of all examples are mixed by one matrix product, and a Scan over the
 * examples convolves each with its own. That is one convolution an example whatever the number of experts E. The usual
 * alternative without control flow, one convolution with E nOut filters whose results are weighed and summed, does E of
 * them: in ONNX Runtime it was measured 2 to 8 times slower for E = 8.
 */
final class CondConvWriter extends BlockWriter<CondConv2D> {

    @Override
    String convolve(CondConv2D layer, String images, VertexScope scope) {
        if (layer.getRouting().function() != Routing.Function.SIGMOID
                || layer.getRouting().hiddenRatio() > 0) {
            scope.reject(layer, "routing other than one sigmoid layer");
            return images;
        }
        String routing = routing(images, scope);
        List<String> perExample = new ArrayList<>(List.of(images, mix(scope, routing, "W")));
        if (layer.isHasBias()) {
            perExample.add(biases(layer, scope, routing));
        }
        return scope.scan(perExample, (body, parts) -> convolveOne(layer, body, parts));
    }

    /** a = sigmoid(mean over H and W of x . routingW + routingb), [N, E]. */
    private static String routing(String images, VertexScope scope) {
        String pooled = scope.node(OnnxOp.REDUCE_MEAN, images)
                .with("axes", 2, 3)
                .with("keepdims", 0)
                .output();
        return scope.op(
                OnnxOp.SIGMOID, scope.op(OnnxOp.GEMM, pooled, scope.weights("routingW"), scope.weights("routingb")));
    }

    /** Experts [E, ...] weighed for each example, [N, size of one expert]. */
    private static String mix(VertexScope scope, String routing, String key) {
        INDArray experts = scope.param(key);
        INDArray rows = experts.reshape(experts.size(0), experts.length() / experts.size(0));
        return scope.op(OnnxOp.MATMUL, routing, scope.weights(key, rows));
    }

    /** The biases of each example [N, nOut], the static one added. */
    private static String biases(CondConv2D layer, VertexScope scope, String routing) {
        return layer.isStaticBias()
                ? scope.op(OnnxOp.GEMM, routing, scope.weights("b"), scope.row("bs"))
                : mix(scope, routing, "b");
    }

    /** One image [nIn, H, W] with its kernel and bias. */
    private String convolveOne(CondConv2D layer, VertexScope body, List<String> parts) {
        int[] k = layer.getKernelSize();
        String batchOfOne = body.op(OnnxOp.UNSQUEEZE, parts.get(0), body.longs(0));
        String kernel = body.op(OnnxOp.RESHAPE, parts.get(1), body.longs(layer.getNOut(), layer.getNIn(), k[0], k[1]));
        List<String> inputs = new ArrayList<>(List.of(batchOfOne, kernel));
        if (layer.isHasBias()) {
            inputs.add(parts.get(2));
        } else if (layer.isStaticBias()) {
            inputs.add(body.row("bs"));
        }
        String result = window(layer)
                .slide(body, OnnxOp.CONV, 0, inputs.toArray(String[]::new))
                .output();
        return body.op(OnnxOp.SQUEEZE, result, body.longs(0));
    }
}
