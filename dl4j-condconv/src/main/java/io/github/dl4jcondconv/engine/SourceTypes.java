package io.github.dl4jcondconv.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** The types of vertices of a graph that is being built, which DL4J shows to no layer but for its first input. */
final class SourceTypes {
    private final GraphBuilder builder;
    private final Map<String, InputType> found = new HashMap<>();

    SourceTypes(GraphBuilder builder) {
        this.builder = builder;
    }

    InputType of(String vertex) {
        InputType type = found.get(vertex);
        if (type == null) {
            type = compute(vertex);
            found.put(vertex, type);
        }
        return type;
    }

    private InputType compute(String vertex) {
        int networkInput = builder.getNetworkInputs().indexOf(vertex);
        if (networkInput >= 0) {
            return builder.getNetworkInputTypes().get(networkInput);
        }
        GraphVertex source = builder.getVertices().get(vertex);
        List<String> inputs = builder.getVertexInputs().get(vertex);
        if (source instanceof LayerVertex) {
            inputs = inputs.subList(0, 1);
        }
        InputType[] types = inputs.stream().map(this::of).toArray(InputType[]::new);
        return source instanceof MultiInputVertex layer
                ? layer.uncheckedOutputType(-1, types)
                : source.getOutputType(-1, types);
    }
}
