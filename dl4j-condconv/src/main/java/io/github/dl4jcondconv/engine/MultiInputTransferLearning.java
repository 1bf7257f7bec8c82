package io.github.dl4jcondconv.engine;

import java.util.LinkedHashSet;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;

/**
 * DL4J's transfer learning with every {@link MultiInputVertex} kept: DL4J's own replaces each layer's vertex by one that
 * takes a single input.
 */
final class MultiInputTransferLearning extends TransferLearning.GraphBuilder {
    private final ComputationGraph original;
    private final Set<String> kept = new LinkedHashSet<>();

    MultiInputTransferLearning(ComputationGraph original) {
        super(original);
        this.original = original;
    }

    /** DL4J calls this before the first edit, so that it is the place to put the vertices back. */
    @Override
    public TransferLearning.GraphBuilder fineTuneConfiguration(FineTuneConfiguration fineTune) {
        super.fineTuneConfiguration(fineTune);
        original.getConfiguration().getVertices().forEach((name, vertex) -> {
            if (vertex instanceof MultiInputVertex several) {
                putBack(name, several.clone(), fineTune);
            }
        });
        return this;
    }

    private void putBack(String name, MultiInputVertex vertex, FineTuneConfiguration fineTune) {
        fineTune.applyToNeuralNetConfiguration(vertex.getLayerConf());
        removeVertexKeepConnections(name);
        String[] inputs =
                original.getConfiguration().getVertexInputs().get(name).toArray(String[]::new);
        addVertex(name, vertex, inputs);
        kept.add(name);
    }

    @Override
    public TransferLearning.GraphBuilder removeVertexKeepConnections(String name) {
        kept.remove(name);
        return super.removeVertexKeepConnections(name);
    }

    @Override
    public TransferLearning.GraphBuilder removeVertexAndConnections(String name) {
        kept.remove(name);
        return super.removeVertexAndConnections(name);
    }

    /** To DL4J a vertex that was put back is a new one, whose parameters it does not copy. */
    @Override
    public ComputationGraph build() {
        ComputationGraph graph = super.build();
        kept.forEach(
                name -> graph.getLayer(name).setParams(original.getLayer(name).params()));
        return graph;
    }
}
