package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Forward and backward pass of a layer with a given gradient of its output, in a workspace as in a network. */
final class Gradients implements Contender {
    private static final String WORKSPACE = "BENCH";
    private static final WorkspaceConfiguration MEMORY = WorkspaceConfiguration.builder()
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .build();

    private final Layer layer;
    private final INDArray input;
    private final INDArray upstream;
    private final String weights;
    private final LayerWorkspaceMgr workspaces =
            LayerWorkspaceMgr.builder().defaultWorkspace(WORKSPACE, MEMORY).build();

    /**
     * @param net of one layer
     * @param weights the parameter whose gradient is compared
     */
    Gradients(ComputationGraph net, INDArray input, INDArray upstream, String weights) {
        net.initGradientsView();
        layer = net.getLayer(Networks.LAYER);
        this.input = input;
        this.upstream = upstream;
        this.weights = weights;
    }

    @Override
    public List<INDArray> outcome() {
        try (MemoryWorkspace ignored = workspace()) {
            INDArray output = layer.activate(input, true, workspaces).detach();
            Pair<Gradient, INDArray> found = layer.backpropGradient(upstream, workspaces);
            INDArray ofInput = found.getSecond().detach();
            return List.of(
                    output,
                    ofInput,
                    found.getFirst().getGradientFor(weights).dup().detach());
        }
    }

    @Override
    public void run() {
        try (MemoryWorkspace ignored = workspace()) {
            layer.activate(input, true, workspaces);
            layer.backpropGradient(upstream, workspaces);
        }
    }

    private static MemoryWorkspace workspace() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, WORKSPACE);
    }

    @Override
    public void close() {
        layer.clear();
        Nd4j.getWorkspaceManager()
                .destroyWorkspace(Nd4j.getWorkspaceManager().getWorkspaceForCurrentThread(MEMORY, WORKSPACE));
    }
}
