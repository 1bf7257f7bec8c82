package io.github.dl4jcondconv.profile;

import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers of parameters of a vertex or network. DL4J's {@code numParams()} is the sum of both: it keeps running
 * statistics among the parameters.
 *
 * @param trainable parameters that training changes by gradient, BatchNormalization's gamma and beta among them
 * @param state running statistics
 */
public record ParameterCount(long trainable, long state) {
    /** All parameters of a network that is initialised. */
    public static ParameterCount of(ComputationGraph graph) {
        return Stream.of(graph.getVertices())
                .map(ParameterCount::of)
                .reduce(new ParameterCount(0, 0), ParameterCount::plus);
    }

    static ParameterCount of(GraphVertex vertex) {
        long state = 0;
        long all = 0;
        for (Map.Entry<String, INDArray> e : vertex.paramTable(false).entrySet()) {
            long length = e.getValue().length();
            all += length;
            // DL4J's own mark of a statistic: its "gradient" is a step of the statistic itself, not a sum over examples
            state += vertex.updaterDivideByMinibatch(e.getKey()) ? 0 : length;
        }
        return new ParameterCount(all - state, state);
    }

    ParameterCount plus(ParameterCount other) {
        return new ParameterCount(trainable + other.trainable, state + other.state);
    }
}
