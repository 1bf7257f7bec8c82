package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Looks into the layers of a network, at what their definitions expose by {@link BlockGraph#expose}. */
public final class Exposed {
    private Exposed() {}

    /**
     * Runs one layer at inference and answers a variable of its definition.
     *
     * @param activations of an inference pass by vertex, as {@code graph.feedForward(input, false)} gives them
     * @param vertex a vertex with a layer of this library
     * @param variable the name by which the layer exposes it
     */
    public static INDArray value(
            ComputationGraph graph, Map<String, INDArray> activations, String vertex, String variable) {
        GraphVertex layer = graph.getVertex(vertex);
        LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
        List<String> inputs = graph.getConfiguration().getVertexInputs().get(vertex);
        for (int i = 0; i < inputs.size(); i++) {
            layer.setInput(i, activations.get(inputs.get(i)), workspaces);
        }
        try {
            layer.doForward(false, workspaces);
            return BlockLayer.of(layer.getLayer()).exposed(variable, workspaces);
        } finally {
            layer.clear();
        }
    }
}
