package io.github.dl4jcondconv.testing;

import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Everything that a layer, "layer", computes for one batch in training. */
public final class LayerRun {
    private static final WorkspaceConfiguration MEMORY = WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.STRICT)
            .initialSize(32 << 20)
            .build();

    private LayerRun() {}

    /**
     * Output, gradient of the input and of each parameter, copied; also the steps of running statistics.
     *
     * @param upstream gradient of the output; overwritten by layers that work in place
     */
    public static Map<String, INDArray> of(
            ComputationGraph net, INDArray input, INDArray upstream, boolean inWorkspace) {
        if (!inWorkspace) {
            return run(net, input, upstream, LayerWorkspaceMgr.noWorkspaces());
        }
        String name = "LayerRun";
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, name)) {
            LayerWorkspaceMgr workspaces =
                    LayerWorkspaceMgr.builder().defaultWorkspace(name, MEMORY).build();
            return run(net, input, upstream, workspaces);
        }
    }

    private static Map<String, INDArray> run(
            ComputationGraph net, INDArray input, INDArray upstream, LayerWorkspaceMgr workspaces) {
        net.initGradientsView();
        Layer layer = net.getLayer("layer");
        Map<String, INDArray> values = new TreeMap<>();
        values.put("output", layer.activate(input, true, workspaces).dup().detach());
        Pair<Gradient, INDArray> gradients = layer.backpropGradient(upstream, workspaces);
        values.put("epsilon", gradients.getSecond().dup().detach());
        gradients
                .getFirst()
                .gradientForVariable()
                .forEach((name, g) -> values.put(name, g.dup().detach()));
        values.put("flat", net.getFlattenedGradients().dup().detach());
        layer.clear();
        return values;
    }
}
