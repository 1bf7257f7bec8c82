package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.layers.samediff.DL4JSameDiffMemoryMgr;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.autodiff.samediff.internal.SessionMemMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A pass that SameDiff computes from the layer's definition. */
final class GraphPass implements LayerPass {
    private final CompiledBlock compiled;
    private final BlockValues values;
    private final List<Parameter> parameters;
    private INDArray output;
    private double auxiliaryLoss;

    GraphPass(CompiledBlock compiled, BlockValues values, List<Parameter> parameters) {
        this.compiled = compiled;
        this.values = values;
        this.parameters = parameters;
    }

    /** Computes the output. */
    GraphPass run(LayerWorkspaceMgr workspaces) {
        CompiledBlock.Outcome outcome =
                compiled.forward(values, memory(workspaces, ArrayType.FF_WORKING_MEM, ArrayType.ACTIVATIONS));
        auxiliaryLoss = outcome.auxiliaryLoss();
        output = ownCopy(outcome.output(), workspaces);
        return this;
    }

    /** A definition may return its input or a view of it; the network must get an array that nobody else writes to. */
    private INDArray ownCopy(INDArray found, LayerWorkspaceMgr workspaces) {
        return found.isView() || values.inputs().stream().anyMatch(in -> in == found)
                ? workspaces.dup(ArrayType.ACTIVATIONS, found)
                : workspaces.leverageTo(ArrayType.ACTIVATIONS, found);
    }

    /** The output computed once more, in memory of the backward pass. */
    INDArray runAgain(LayerWorkspaceMgr workspaces) {
        return compiled.forward(values, memory(workspaces, ArrayType.BP_WORKING_MEM, ArrayType.BP_WORKING_MEM))
                .output();
    }

    /** The value of a variable that the definition exposed. */
    INDArray exposed(String name, LayerWorkspaceMgr workspaces) {
        return compiled.exposed(name, values, memory(workspaces, ArrayType.FF_WORKING_MEM, ArrayType.FF_WORKING_MEM));
    }

    @Override
    public INDArray output() {
        return output;
    }

    @Override
    public double auxiliaryLoss() {
        return auxiliaryLoss;
    }

    @Override
    public void backward(INDArray upstream, PassGradients gradients) {
        SessionMemMgr memory = memory(gradients.workspaces(), ArrayType.BP_WORKING_MEM, ArrayType.ACTIVATION_GRAD);
        Map<String, INDArray> found = compiled.backward(values, gradients.plain(upstream), memory);
        for (Parameter p : parameters) {
            INDArray gradient = found.get(p.name());
            if (gradient != null) {
                gradients.ofParameter(p.name()).assign(gradient);
            }
        }
        for (int i = 0; i < values.inputs().size(); i++) {
            INDArray gradient = found.get("input" + i);
            if (gradient != null && (i > 0 || gradients.wantsImage())) {
                gradients.setOfInput(i, gradient);
            }
        }
    }

    private static SessionMemMgr memory(LayerWorkspaceMgr workspaces, ArrayType working, ArrayType output) {
        return new DL4JSameDiffMemoryMgr(
                workspaces.getWorkspaceName(working),
                workspaces.getWorkspaceName(output),
                workspaces.getConfiguration(working),
                workspaces.getConfiguration(output));
    }
}
