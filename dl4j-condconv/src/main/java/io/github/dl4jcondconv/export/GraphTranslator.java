package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Condition;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Walks a ComputationGraph in topological order and lets the writer of each vertex add its nodes. */
final class GraphTranslator {
    private final ComputationGraph source;
    private final ComputationGraphConfiguration configuration;
    private final OnnxOptions options;
    private final GraphInputs inputs;
    private final Problems problems = new Problems();
    private final Map<String, Value> values = new HashMap<>();
    private final OnnxGraph target;

    private GraphTranslator(ComputationGraph source, OnnxOptions options) {
        this.source = source;
        this.configuration = source.getConfiguration();
        this.options = options;
        this.inputs = new GraphInputs(configuration, options.inputTypes());
        List<String> names = new ArrayList<>(configuration.getNetworkInputs());
        names.addAll(configuration.getVertices().keySet());
        this.target = new OnnxGraph("ComputationGraph", names);
    }

    static OnnxGraph translate(ComputationGraph source, OnnxOptions options) {
        return new GraphTranslator(source, options).translate();
    }

    private OnnxGraph translate() {
        configuration.getNetworkInputs().forEach(this::addInput);
        for (int index : source.topologicalSortOrder()) {
            GraphVertex vertex = source.getVertices()[index];
            if (!vertex.isInputVertex()) {
                values.put(vertex.getVertexName(), write(vertex));
            }
        }
        problems.throwIfAny();
        configuration.getNetworkOutputs().forEach(this::addOutput);
        return target;
    }

    private void addInput(String name) {
        InputShape shape = inputs.shape(name);
        if (shape.rank() != 2 && shape.rank() != 4) {
            problems.add(
                    name,
                    InputType.class,
                    "the layers behind this input do not tell its shape; give it with OnnxOptions.withInputType");
        }
        target.addInput(name, shape.dimensions(name));
        long channels = shape.channels() > 0 ? shape.channels() : Value.UNKNOWN;
        values.put(name, shape.rank() == 2 ? Value.vectors(name, channels) : Value.images(name, channels));
    }

    private Value write(GraphVertex vertex) {
        String name = vertex.getVertexName();
        Map<String, INDArray> params = vertex.paramTable(false);
        params = params == null ? Map.of() : params;
        VertexScope scope = new VertexScope(target, options, problems, name, params);
        checkFinite(name, params);
        int nodesBefore = target.nodeCount();
        List<Value> from = configuration.getVertexInputs().get(name).stream()
                .map(values::get)
                .toList();
        Value result = OnnxWriters.write(configuration.getVertices().get(name), from, scope);
        if (configuration.getNetworkOutputs().contains(name)) {
            result = scope.dl4jLayout(result);
        }
        if (!target.rename(result.tensor(), name, nodesBefore)) {
            target.rename(scope.op(OnnxOp.IDENTITY, result.tensor()), name, nodesBefore);
        }
        return result.withTensor(name);
    }

    private void checkFinite(String name, Map<String, INDArray> params) {
        params.forEach((key, array) -> {
            if (count(array, Conditions.isNan()) + count(array, Conditions.isInfinite()) > 0) {
                Object subject = configuration.getVertices().get(name) instanceof LayerVertex layer
                        ? layer.getLayerConf().getLayer()
                        : configuration.getVertices().get(name);
                problems.add(name, subject.getClass(), "its parameter " + key + " holds NaN or infinite values");
            }
        });
    }

    private static long count(INDArray array, Condition condition) {
        return Nd4j.getExecutioner().exec(new MatchCondition(array, condition)).getLong(0);
    }

    private void addOutput(String name) {
        Value value = values.get(name);
        String[] dimensions = new String[value.rank()];
        dimensions[0] = value.perExample() ? "N" : null;
        if (value.rank() == 2 && value.channels() > 0) {
            dimensions[1] = Long.toString(value.channels());
        }
        target.addOutput(name, dimensions);
    }
}
