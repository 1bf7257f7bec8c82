package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import onnx.Onnx.TensorProto;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a writer sees while one vertex is written: its parameters, its names, and ways to add nodes and weights. */
final class VertexScope {
    private final OnnxGraph graph;
    private final Problems problems;
    private final String vertex;
    private final Map<String, INDArray> params;
    private final OnnxOptions options;

    VertexScope(OnnxGraph graph, OnnxOptions options, Problems problems, String vertex, Map<String, INDArray> params) {
        this.graph = graph;
        this.options = options;
        this.problems = problems;
        this.vertex = vertex;
        this.params = params;
    }

    /** The parameter, or null if the layer has none of this name. */
    INDArray param(String key) {
        return params.get(key);
    }

    OnnxOptions options() {
        return options;
    }

    OnnxNode node(OnnxOp op, String... inputs) {
        return new OnnxNode(graph, op, vertex, inputs);
    }

    /** Adds a node without attributes and returns the name of its output. */
    String op(OnnxOp op, String... inputs) {
        return node(op, inputs).output();
    }

    /** Stores an array in the file and returns the tensor's name. */
    String weights(String role, INDArray array) {
        return graph.add(Tensors.floats(graph.freshName(vertex + "/" + role), array));
    }

    String scalar(double value) {
        return graph.add(Tensors.scalar(graph.freshName(vertex + "/value"), value));
    }

    /** Stores a parameter as it is. */
    String weights(String key) {
        return weights(key, param(key));
    }

    /** Stores a parameter as a vector, whatever its shape. */
    String row(String key) {
        INDArray array = param(key);
        return weights(key, array.reshape(array.length()));
    }

    /** x . W + b with the parameters {@code stem + "W"} and {@code stem + "b"}. */
    String affine(String x, String stem) {
        return op(OnnxOp.GEMM, x, weights(stem + "W"), row(stem + "b"));
    }

    /** The mean over height and width of an NCHW image, [N, C]. */
    String globalAverage(String images) {
        return node(OnnxOp.REDUCE_MEAN, images)
                .with("axes", 2, 3)
                .with("keepdims", 0)
                .output();
    }

    String floats(double... values) {
        return weights("value", Nd4j.createFromArray(values));
    }

    /** A whole number, of rank 0. */
    String index(long value) {
        return graph.add(Tensors.index(graph.freshName(vertex + "/index"), value));
    }

    /** Truth values as 1 and 0. */
    String toFloat(String truth) {
        return node(OnnxOp.CAST, truth)
                .with("to", TensorProto.DataType.FLOAT.getNumber())
                .output();
    }

    String longs(long... values) {
        return graph.add(Tensors.longs(graph.freshName(vertex + "/shape"), values));
    }

    /** Writes a part of the vertex, such as its preprocessor, its activation or a wrapped layer. */
    Value write(Object config, Value... inputs) {
        return write(config, List.of(inputs));
    }

    /** The same for several inputs. */
    Value write(Object config, List<Value> inputs) {
        return OnnxWriters.write(config, inputs, this);
    }

    /** The tensor as NCHW, where the layer reads DL4J's array in the given format; none means NCHW. */
    String channelsFirst(Value images, CNN2DFormat format) {
        if (format != CNN2DFormat.NHWC) {
            return dl4jLayout(images).tensor();
        }
        return images.transposed() ? images.tensor() : transpose(images.tensor(), 0, 3, 1, 2);
    }

    /** The value with its tensor laid out as DL4J's array. */
    Value dl4jLayout(Value value) {
        return value.transposed()
                ? value.withTensor(transpose(value.tensor(), 0, 2, 3, 1)).withTransposed(false)
                : value;
    }

    /**
     * One operand of a loop over the examples.
     *
     * @param tensor whose dimension 0 counts the examples
     * @param dimensions of one example's part, null for an open one: runtimes want their number at least
     */
    record PerExample(String tensor, String... dimensions) {}

    /**
     * Runs a body once for each example.
     *
     * @param perExample what the body reads
     * @param dimensions of one example's result, null for an open one
     * @param body from a scope inside the loop and one example's parts to the result for it
     * @return the results, stacked
     */
    String scan(List<PerExample> perExample, String[] dimensions, BiFunction<VertexScope, List<String>, String> body) {
        OnnxGraph loop = graph.subgraph(vertex + "/body");
        List<String> parts = new ArrayList<>();
        for (PerExample operand : perExample) {
            String part = loop.freshName(vertex + "/part");
            loop.addInput(part, operand.dimensions());
            parts.add(part);
        }
        String result = body.apply(new VertexScope(loop, options, problems, vertex, params), parts);
        loop.addOutput(result, dimensions);
        return node(OnnxOp.SCAN, perExample.stream().map(PerExample::tensor).toArray(String[]::new))
                .with("num_scan_inputs", perExample.size())
                .with("body", loop)
                .output();
    }

    String transpose(String tensor, int... permutation) {
        return node(OnnxOp.TRANSPOSE, tensor).with("perm", permutation).output();
    }

    /** Records that this configuration cannot be written, and why. */
    void reject(Object config, String reason) {
        problems.add(vertex, config.getClass(), reason);
    }
}
