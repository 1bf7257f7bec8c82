package io.github.dl4jcondconv.profile;

import java.util.OptionalLong;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * One vertex of a {@link GraphProfile}.
 *
 * @param name the vertex's name
 * @param type the simple class name of its layer, or of the vertex itself where it has none
 * @param output the shape of its activations
 * @param parameters number of parameters that training changes by gradient
 * @param stateParameters number of running statistics
 * @param multiplyAdds multiply-adds of one example; empty for a layer with weights whose cost is not known
 */
public record LayerProfile(
        String name, String type, InputType output, long parameters, long stateParameters, OptionalLong multiplyAdds) {}
