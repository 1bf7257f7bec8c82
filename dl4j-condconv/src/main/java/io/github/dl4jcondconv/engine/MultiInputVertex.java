package io.github.dl4jcondconv.engine;

import java.util.List;
import lombok.AccessLevel;
import lombok.NoArgsConstructor;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer that takes several vertices as separate inputs, for example features and the routing weights that a block
 * shares. DL4J's addLayer would concatenate them.
 *
 * <pre>
 * MultiInputVertex.addLayer(graphBuilder, "conv", layer, "features", "routing");
 * </pre>
 *
 * It is a LayerVertex, so that freezing, fine-tuning and everything else that looks for layers finds it. The types of
 * further inputs are checked when a graph of known input types is built.
 */
@NoArgsConstructor(access = AccessLevel.PRIVATE)
public class MultiInputVertex extends LayerVertex {
    private static final long serialVersionUID = 1;

    /** What this vertex is part of until it is built; null in copies and loaded networks. */
    private transient GraphBuilder builder;

    private MultiInputVertex(NeuralNetConfiguration layerConf, InputPreProcessor preProcessor) {
        super(layerConf, preProcessor);
    }

    /**
     * Adds {@code layer} with the network's global settings and {@code inputs} as its inputs 0, 1, ...
     *
     * @throws IllegalArgumentException if the layer takes another number of inputs
     */
    public static void addLayer(GraphBuilder builder, String name, SameDiffBlock layer, String... inputs) {
        if (inputs.length != layer.inputCount()) {
            throw new IllegalArgumentException(layer.describe() + " as vertex \"" + name + "\" is given "
                    + inputs.length + " inputs " + List.of(inputs) + ", it takes " + layer.inputCount());
        }
        builder.addLayer(name, layer, inputs[0]);
        LayerVertex plain = (LayerVertex) builder.getVertices().get(name);
        MultiInputVertex vertex = new MultiInputVertex(plain.getLayerConf(), plain.getPreProcessor());
        vertex.builder = builder;
        builder.getVertices().put(name, vertex);
        builder.getVertexInputs().put(name, List.of(inputs));
    }

    /**
     * DL4J's transfer learning for a network that has layers with several inputs; DL4J's own class would lose all of
     * their inputs but the first.
     */
    public static TransferLearning.GraphBuilder transferLearning(ComputationGraph graph) {
        return new MultiInputTransferLearning(graph);
    }

    @Override
    public MultiInputVertex clone() {
        InputPreProcessor preProcessor = getPreProcessor();
        return new MultiInputVertex(getLayerConf().clone(), preProcessor == null ? null : preProcessor.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MultiInputVertex && super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... vertexInputs) throws InvalidInputTypeException {
        if (builder != null
                && !builder.getNetworkInputTypes().isEmpty()
                && layerOf(this) instanceof SameDiffBlock layer) {
            SourceTypes types = new SourceTypes(builder);
            layer.validateInputTypes(builder.getVertexInputs().get(layer.getLayerName()).stream()
                    .map(types::of)
                    .toList());
        }
        return uncheckedOutputType(layerIndex, vertexInputs);
    }

    InputType uncheckedOutputType(int layerIndex, InputType... vertexInputs) throws InvalidInputTypeException {
        return super.getOutputType(layerIndex, vertexInputs);
    }

    @Override
    public int maxVertexInputs() {
        return Integer.MAX_VALUE;
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray paramsView,
            boolean initializeParams,
            DataType dataType) {
        boolean output = graph.getConfiguration().getNetworkOutputs().contains(name);
        org.deeplearning4j.nn.api.Layer layer = getLayerConf()
                .getLayer()
                .instantiate(getLayerConf(), null, index, paramsView, initializeParams, dataType);
        return new MultiInputLayerVertex(graph, name, index, layer, getPreProcessor(), output, dataType);
    }

    /** A vertex's layer, unwrapped where transfer learning has frozen it. */
    private static Layer layerOf(LayerVertex vertex) {
        Layer layer = vertex.getLayerConf().getLayer();
        return layer instanceof FrozenLayer frozen ? frozen.getLayer() : layer;
    }
}
