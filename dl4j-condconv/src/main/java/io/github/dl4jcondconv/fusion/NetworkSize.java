package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.profile.ParameterCount;
import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * How large a network is, counted as {@link GraphProfile} counts.
 *
 * @param layers number of layers (vertices with a layer)
 * @param parameters number of parameters that training changes by gradient
 * @param stateParameters number of running statistics
 * @param multiplyAdds multiply-adds of one example; empty if the size of the network's input is not known
 */
public record NetworkSize(long layers, long parameters, long stateParameters, OptionalLong multiplyAdds) {

    static NetworkSize of(ComputationGraph graph, InputType... inputs) {
        ParameterCount count = ParameterCount.of(graph);
        OptionalLong multiplyAdds = GraphProfile.ifKnown(graph.getConfiguration(), inputs)
                .map(GraphProfile::multiplyAdds)
                .orElse(OptionalLong.empty());
        return new NetworkSize(graph.getNumLayers(), count.trainable(), count.state(), multiplyAdds);
    }
}
