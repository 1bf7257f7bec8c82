package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.profile.LayerProfile;
import io.github.dl4jcondconv.profile.ParameterCount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * What {@code summary} says of a network.
 *
 * @param table as text
 * @param json {@code params}, the trainable parameters with BatchNormalization's gamma and beta; {@code state}, the
 *     running statistics; {@code macs}, the multiply-adds of one image, null if they are not known; {@code layers} with
 *     the same of each
 */
record NetworkSummary(String table, Map<String, Object> json) {

    static NetworkSummary of(GraphProfile profile) {
        Map<String, Object> json = values(profile.parameters(), profile.stateParameters(), profile.multiplyAdds());
        json.put("activations", profile.activations());
        json.put("layers", profile.layers().stream().map(NetworkSummary::layer).toList());
        return new NetworkSummary(profile.toString(), json);
    }

    /** Of a network whose images' size is not known, which leaves the parameters. */
    static NetworkSummary of(ComputationGraph graph) {
        ParameterCount total = ParameterCount.of(graph);
        Map<String, Object> json = values(total.trainable(), total.state(), OptionalLong.empty());
        json.put("layers", layers(graph));
        return new NetworkSummary(graph.summary(), json);
    }

    private static List<Map<String, Object>> layers(ComputationGraph graph) {
        return graph.getConfiguration().getTopologicalOrderStr().stream()
                .filter(graph.getConfiguration().getVertices()::containsKey)
                .map(name -> {
                    ParameterCount count = ParameterCount.of(
                            graph.getConfiguration().getVertices().get(name));
                    Map<String, Object> layer = new LinkedHashMap<>();
                    layer.put("name", name);
                    layer.putAll(values(count.trainable(), count.state(), OptionalLong.empty()));
                    return layer;
                })
                .toList();
    }

    private static Map<String, Object> layer(LayerProfile profile) {
        Map<String, Object> layer = new LinkedHashMap<>();
        layer.put("name", profile.name());
        layer.put("type", profile.type());
        layer.put("output", profile.output().getShape());
        layer.putAll(values(profile.parameters(), profile.stateParameters(), profile.multiplyAdds()));
        return layer;
    }

    private static Map<String, Object> values(long parameters, long state, OptionalLong multiplyAdds) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("params", parameters);
        values.put("state", state);
        values.put("macs", multiplyAdds.isPresent() ? multiplyAdds.getAsLong() : null);
        return values;
    }
}
