package io.github.dl4jcondconv.profile;

import io.github.dl4jcondconv.engine.Parameter;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Numbers of parameters of a vertex or network. DL4J's {@code numParams()} is the sum of both: it keeps running
 * statistics among the parameters.
 *
 * @param trainable parameters that training changes by gradient, BatchNormalization's gamma and beta among them
 * @param state running statistics
 */
public record ParameterCount(long trainable, long state) {
    /** All parameters of a network. */
    public static ParameterCount of(ComputationGraph graph) {
        return of(graph.getConfiguration());
    }

    /** All parameters of the network that a configuration describes; none of them is allocated. */
    public static ParameterCount of(ComputationGraphConfiguration configuration) {
        return configuration.getVertices().values().stream()
                .map(ParameterCount::of)
                .reduce(new ParameterCount(0, 0), ParameterCount::plus);
    }

    /** The parameters of one vertex. */
    public static ParameterCount of(GraphVertex vertex) {
        return vertex instanceof LayerVertex v
                ? of(Layers.unwrap(v.getLayerConf().getLayer()))
                : new ParameterCount(vertex.numParams(true), 0);
    }

    static ParameterCount of(Layer layer) {
        long state = state(layer);
        return new ParameterCount(layer.initializer().numParams(layer) - state, state);
    }

    private static long state(Layer layer) {
        if (layer instanceof SameDiffBlock block) {
            return block.parameters().stream()
                    .filter(p -> !p.trainable())
                    .mapToLong(Parameter::length)
                    .sum();
        }
        // mean and variance; no other layer of DL4J has running statistics
        return layer instanceof BatchNormalization bn ? 2 * bn.getNOut() : 0;
    }

    ParameterCount plus(ParameterCount other) {
        return new ParameterCount(trainable + other.trainable, state + other.state);
    }
}
