package io.github.dl4jcondconv.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** What a network's configuration tells of the size of its inputs. DL4J drops the InputTypes a network was built with. */
final class NetworkInputs {
    private NetworkInputs() {}

    static Optional<List<InputType>> of(ComputationGraphConfiguration configuration) {
        List<InputType> types = new ArrayList<>();
        for (String name : configuration.getNetworkInputs()) {
            type(configuration, name).ifPresent(types::add);
        }
        return types.size() == configuration.getNetworkInputs().size() ? Optional.of(types) : Optional.empty();
    }

    static List<InputType> require(ComputationGraphConfiguration configuration) {
        List<InputType> types = new ArrayList<>();
        for (String name : configuration.getNetworkInputs()) {
            types.add(type(configuration, name)
                    .orElseThrow(() -> new IllegalArgumentException("the size of the network's input \"" + name
                            + "\" is not known: a DL4J configuration does not keep it; give one InputType for each"
                            + " input, such as InputType.convolutional(height, width, channels)")));
        }
        return types;
    }

    private static Optional<InputType> type(ComputationGraphConfiguration conf, String input) {
        return conf.getVertexInputs().entrySet().stream()
                .filter(e -> e.getValue().contains(input))
                .map(e -> conf.getVertices().get(e.getKey()))
                .filter(LayerVertex.class::isInstance)
                .map(v -> type((LayerVertex) v))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<InputType> type(LayerVertex reader) {
        if (reader.getPreProcessor() instanceof FeedForwardToCnnPreProcessor flat) {
            return Optional.of(
                    InputType.convolutionalFlat(flat.getInputHeight(), flat.getInputWidth(), flat.getNumChannels()));
        }
        Object layer = reader.getLayerConf().getLayer();
        boolean readsVectors =
                layer instanceof DenseLayer || layer instanceof BaseOutputLayer && !(layer instanceof RnnOutputLayer);
        return reader.getPreProcessor() == null && readsVectors
                ? Optional.of(InputType.feedForward(((FeedForwardLayer) layer).getNIn()))
                : Optional.empty();
    }
}
