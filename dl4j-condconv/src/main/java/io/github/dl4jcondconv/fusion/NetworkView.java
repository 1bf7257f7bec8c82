package io.github.dl4jcondconv.fusion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What can be asked of a network that is being rewritten: vertices, who reads whom, parameters. For {@link NetworkDraft}. */
public abstract class NetworkView {
    final ComputationGraphConfiguration conf;
    final Map<String, Map<String, INDArray>> parameters = new HashMap<>();

    NetworkView(ComputationGraphConfiguration conf) {
        this.conf = conf;
    }

    /** The vertices (network inputs left out), each after those it reads. */
    public List<String> topologicalOrder() {
        Set<String> done = new LinkedHashSet<>();
        conf.getVertices().keySet().forEach(name -> visit(name, done));
        return List.copyOf(done);
    }

    private void visit(String name, Set<String> done) {
        if (!isNetworkInput(name) && !done.contains(name)) {
            inputs(name).forEach(input -> visit(input, done));
            done.add(name);
        }
    }

    /** Whether there is a vertex of this name. */
    public boolean has(String name) {
        return conf.getVertices().containsKey(name);
    }

    GraphVertex vertex(String name) {
        return conf.getVertices().get(name);
    }

    /** The layer of a vertex without its Frozen wrapper; null where the vertex has none or is a network input. */
    public Layer layer(String name) {
        return vertex(name) instanceof LayerVertex v ? v.getLayerConf().getLayer() : null;
    }

    /** Whether a vertex, or its layer, is exactly of a class: a subclass may compute anything. */
    public boolean isA(Class<?> type, String name) {
        Object what = layer(name) == null ? vertex(name) : layer(name);
        return what != null && what.getClass() == type;
    }

    /** What stands between a layer and its input, or null. */
    InputPreProcessor preProcessor(String name) {
        return vertex(name) instanceof LayerVertex v ? v.getPreProcessor() : null;
    }

    public List<String> inputs(String name) {
        return conf.getVertexInputs().getOrDefault(name, List.of());
    }

    /** The first input, which is a layer's only one. */
    String input(String name) {
        return inputs(name).get(0);
    }

    /** The vertices that read a vertex, as often as they read it. */
    public List<String> consumers(String name) {
        List<String> consumers = new ArrayList<>();
        conf.getVertexInputs().forEach((consumer, inputs) -> {
            for (int i = Collections.frequency(inputs, name); i > 0; i--) {
                consumers.add(consumer);
            }
        });
        return consumers;
    }

    public boolean isNetworkInput(String name) {
        return conf.getNetworkInputs().contains(name);
    }

    boolean isNetworkOutput(String name) {
        return conf.getNetworkOutputs().contains(name);
    }

    /** A parameter array of a vertex, not to be written to; null where it has none of that name. */
    public INDArray parameter(String name, String key) {
        return parameters.get(name).get(key);
    }

    /** All parameters of a vertex; the arrays are not to be written to. */
    public Map<String, INDArray> parameters(String name) {
        return new LinkedHashMap<>(parameters.get(name));
    }

    /** The simple class name of a vertex's layer, or of the vertex where it has none. */
    public String className(String name) {
        return (layer(name) == null ? vertex(name) : layer(name)).getClass().getSimpleName();
    }

    /** The class name with its article, for sentences: "a ConvolutionLayer", "an ElementWiseVertex". */
    String described(String name) {
        String type = className(name);
        return ("AEIOU".indexOf(type.charAt(0)) < 0 ? "a " : "an ") + type;
    }
}
