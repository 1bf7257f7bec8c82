package io.github.dl4jcondconv.weights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Finds the tensor of every parameter of a network, and says what does not fit before anything is read. */
final class WeightMatch {
    private final ComputationGraph graph;
    private final SafetensorsFile file;
    private final List<Pair> pairs = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();
    private final Set<String> used = new HashSet<>();

    private record Pair(LayerVertex vertex, INDArray parameter, String tensor, Form form) {}

    WeightMatch(ComputationGraph graph, SafetensorsFile file) {
        this.graph = graph;
        this.file = file;
        graph.getConfiguration().getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer) {
                match(name, layer);
            }
        });
    }

    private void match(String name, LayerVertex vertex) {
        Layer layer = vertex.getLayerConf().getLayer();
        Map<String, INDArray> parameters = graph.getVertex(name).paramTable(false);
        for (Map.Entry<String, INDArray> p : parameters.entrySet()) {
            Rule rule = StateDict.rule(name, layer, p.getKey());
            List<String> tensors = StateDict.names(name, layer).stream()
                    .map(n -> n + "." + rule.tensor())
                    .toList();
            tensors.stream()
                    .filter(file.tensors()::containsKey)
                    .findFirst()
                    .ifPresentOrElse(
                            tensor -> pair(new Pair(vertex, p.getValue(), tensor, rule.form())),
                            () -> missing.add(tensors.get(0)));
        }
    }

    private void pair(Pair pair) {
        used.add(pair.tensor());
        long[] found = file.tensors().get(pair.tensor()).shape();
        if (pair.form().takes(found, pair.parameter().shape())) {
            pairs.add(pair);
        } else {
            misshapen.add(pair.tensor() + " is " + Arrays.toString(found) + ", must be "
                    + String.join(
                            " or ",
                            pair.form().shapes(pair.parameter().shape()).stream()
                                    .map(Arrays::toString)
                                    .toList()));
        }
    }

    /** Reads all tensors into the network, one at a time. */
    void assign() throws IOException {
        List<String> unused = file.tensors().keySet().stream()
                .filter(tensor -> !used.contains(tensor) && !StateDict.isCounter(tensor))
                .toList();
        if (!missing.isEmpty() || !unused.isEmpty() || !misshapen.isEmpty()) {
            throw new WeightMismatchException(file.path(), missing, unused, misshapen);
        }
        for (Pair pair : pairs) {
            INDArray values = file.read(pair.tensor());
            pair.parameter()
                    .assign(converted(pair, values)
                            .reshape('c', pair.parameter().shape()));
        }
    }

    private INDArray converted(Pair pair, INDArray values) {
        try {
            INDArray ordered = pair.form() == Form.LINEAR ? inInputOrder(pair.vertex(), values) : values;
            return pair.form().toParameter(ordered, pair.parameter().shape());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file.path() + ": tensor \"" + pair.tensor() + "\": " + e.getMessage(), e);
        }
    }

    /** PyTorch flattens images channel by channel, DL4J a channels-last image pixel by pixel. */
    private static INDArray inInputOrder(LayerVertex vertex, INDArray weights) {
        if (vertex.getPreProcessor() instanceof CnnToFeedForwardPreProcessor flatten
                && flatten.getFormat() == CNN2DFormat.NHWC) {
            return weights.reshape(
                            weights.size(0),
                            flatten.getNumChannels(),
                            flatten.getInputHeight(),
                            flatten.getInputWidth())
                    .permute(0, 2, 3, 1)
                    .reshape('c', weights.size(0), -1);
        }
        return weights;
    }
}
