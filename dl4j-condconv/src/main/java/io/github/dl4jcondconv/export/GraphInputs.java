package io.github.dl4jcondconv.export;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Finds the shape of each network input: what the options say, else what the vertices behind it expect. */
final class GraphInputs {
    private final ComputationGraphConfiguration configuration;
    private final Map<String, InputType> given;

    GraphInputs(ComputationGraphConfiguration configuration, Map<String, InputType> given) {
        this.configuration = configuration;
        this.given = given;
        List<String> inputs = configuration.getNetworkInputs();
        for (String name : given.keySet()) {
            if (!inputs.contains(name)) {
                throw new IllegalArgumentException(
                        "the graph has no input \"" + name + "\" to give a type to; its inputs are " + inputs);
            }
        }
    }

    InputShape shape(String input) {
        InputShape expected = expected(input);
        if (!given.containsKey(input)) {
            return expected;
        }
        InputShape shape = InputShape.of(given.get(input));
        if (expected.rank() == shape.rank() && expected.channels() > 0 && expected.channels() != shape.channels()) {
            throw new IllegalArgumentException("the graph's input \"" + input + "\" has " + expected.channels()
                    + " channels, but its type was given as " + given.get(input));
        }
        return shape;
    }

    /**
     * What the vertices that read this one expect of it, asking further on where they only pass it through. Vectors win:
     * what reads images as well as vectors says images, what says vectors reads nothing else.
     */
    private InputShape expected(String vertex) {
        InputShape shape = InputShape.AS_CONSUMERS;
        for (Map.Entry<String, List<String>> entry :
                configuration.getVertexInputs().entrySet()) {
            for (int i = 0; i < entry.getValue().size(); i++) {
                if (entry.getValue().get(i).equals(vertex)) {
                    InputShape one = expectedBy(entry.getKey(), i);
                    shape = one.rank() == 2 ? one.orElse(shape) : shape.orElse(one);
                }
            }
        }
        return shape;
    }

    private InputShape expectedBy(String consumer, int input) {
        GraphVertex vertex = configuration.getVertices().get(consumer);
        InputShape shape = input == 0 ? OnnxWriters.inputShape(vertex) : OnnxWriters.furtherInputShape(vertex);
        return shape.isComplete() ? shape : shape.orElse(expected(consumer).ofAnySize());
    }
}
