package io.github.dl4jcondconv.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;

/** Carries the sizes of a network's inputs through its configuration, and profiles each vertex on the way. */
final class Profiler {
    private final ComputationGraphConfiguration configuration;
    private final Counting counting;
    private final Map<String, InputType> types = new HashMap<>();

    Profiler(ComputationGraphConfiguration configuration, Counting counting) {
        this.configuration = configuration;
        this.counting = counting;
    }

    List<LayerProfile> profiles(List<InputType> inputs) {
        List<String> names = configuration.getNetworkInputs();
        if (inputs.size() != names.size()) {
            throw new IllegalArgumentException("the network has " + names.size() + " inputs " + names + ", not "
                    + inputs.size() + ": one InputType for each is needed");
        }
        for (int i = 0; i < names.size(); i++) {
            types.put(names.get(i), inputs.get(i));
        }
        List<LayerProfile> profiles = new ArrayList<>();
        Set<String> waiting = new LinkedHashSet<>(configuration.getVertices().keySet());
        while (!waiting.isEmpty()) {
            String next = waiting.stream()
                    .filter(name -> types.keySet().containsAll(read(name)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("vertices that read each other: " + waiting));
            waiting.remove(next);
            LayerProfile profile = profile(next);
            profiles.add(profile);
            types.put(next, profile.output());
        }
        return profiles;
    }

    private List<String> read(String vertex) {
        return configuration.getVertexInputs().get(vertex);
    }

    private LayerProfile profile(String name) {
        GraphVertex vertex = configuration.getVertices().get(name);
        InputType[] inputs = read(name).stream().map(types::get).toArray(InputType[]::new);
        ParameterCount count = ParameterCount.of(vertex);
        InputType output = outputType(name, vertex, inputs);
        if (!(vertex instanceof LayerVertex layerVertex)) {
            OptionalLong known = count.trainable() == 0
                    ? OptionalLong.of(elementwise(vertex, output, inputs))
                    : OptionalLong.empty();
            String type = vertex.getClass().getSimpleName();
            return new LayerProfile(name, type, output, count.trainable(), count.state(), known);
        }
        Layer layer = Layers.unwrap(layerVertex.getLayerConf().getLayer());
        InputPreProcessor before = layerVertex.getPreProcessor();
        InputType input = before == null ? inputs[0] : before.getOutputType(inputs[0]);
        InputChecks.require(name, layer, input);
        OptionalLong multiplyAdds = MultiplyAdds.of(layer, input, output, counting, density(name));
        return new LayerProfile(
                name,
                layer.getClass().getSimpleName(),
                output,
                count.trainable(),
                count.state(),
                multiplyAdds.isPresent()
                        ? OptionalLong.of(multiplyAdds.getAsLong() + elementwise(vertex, output, input))
                        : multiplyAdds);
    }

    private long elementwise(GraphVertex vertex, InputType output, InputType... inputs) {
        return counting.elementwise() ? ElementwiseOperations.of(vertex, output, inputs) / 2 : 0;
    }

    /** A mask is its layer's second input, or the layer makes its own. */
    private double density(String name) {
        List<String> read = read(name);
        return counting.densityOf(read.size() > 1 ? read.get(1) : name);
    }

    private static InputType outputType(String name, GraphVertex vertex, InputType... inputs) {
        InputType output;
        try {
            // a layer's output has the shape that its first input gives it
            output = vertex instanceof LayerVertex
                    ? vertex.getOutputType(-1, inputs[0])
                    : vertex.getOutputType(-1, inputs);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "vertex \"" + name + "\" cannot take " + Arrays.toString(inputs) + ": " + e.getMessage(), e);
        }
        if (vertex instanceof LayerVertex v && v.getLayerConf().getLayer() instanceof LossLayer) {
            // DL4J takes the output size of a LossLayer for its nOut, which it does not have
            return v.getPreProcessor() == null ? inputs[0] : v.getPreProcessor().getOutputType(inputs[0]);
        }
        if (Arrays.stream(output.getShape()).anyMatch(size -> size == 0 || size < -1)) {
            throw new IllegalArgumentException("vertex \"" + name + "\" has no output for " + Arrays.toString(inputs)
                    + ": the input is smaller than the kernel");
        }
        return output;
    }
}
