package io.github.dl4jcondconv.profile;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers of parameters of a vertex or network. DL4J's {@code numParams()} is the sum of both: it keeps running
 * statistics among the parameters.
 *
 * @param trainable parameters that training changes by gradient, BatchNormalization's gamma and beta among them
 * @param state running statistics
 */
public record ParameterCount(long trainable, long state) {
    private static final Set<String> RUNNING_STATISTICS = Set.of(
            BatchNormalizationParamInitializer.GLOBAL_MEAN,
            BatchNormalizationParamInitializer.GLOBAL_VAR,
            BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

    /** All parameters of a network that is initialised. */
    public static ParameterCount of(ComputationGraph graph) {
        return Stream.of(graph.getVertices())
                .map(ParameterCount::of)
                .reduce(new ParameterCount(0, 0), ParameterCount::plus);
    }

    static ParameterCount of(GraphVertex vertex) {
        Layer layer = vertex.hasLayer() ? vertex.getLayer().conf().getLayer() : null;
        long state = 0;
        long all = 0;
        for (Map.Entry<String, INDArray> e : vertex.paramTable(false).entrySet()) {
            long length = e.getValue().length();
            all += length;
            state += isState(layer, e.getKey()) ? length : 0;
        }
        return new ParameterCount(all - state, state);
    }

    ParameterCount plus(ParameterCount other) {
        return new ParameterCount(trainable + other.trainable, state + other.state);
    }

    private static boolean isState(Layer layer, String key) {
        return layer instanceof BatchNormalization && RUNNING_STATISTICS.contains(key);
    }
}
