package io.github.dl4jcondconv.engine;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What {@link SameDiffBlock#train} may use to compute a training pass without the layer's graph. */
public final class TrainingPass {
    private final List<INDArray> inputs;
    private final Map<String, INDArray> parameters;
    private final boolean masked;
    private final LayerWorkspaceMgr workspaces;

    TrainingPass(
            List<INDArray> inputs, Map<String, INDArray> parameters, boolean masked, LayerWorkspaceMgr workspaces) {
        this.inputs = List.copyOf(inputs);
        this.parameters = parameters;
        this.masked = masked;
        this.workspaces = workspaces;
    }

    /** Input {@code i}, in the network's data format. It stays as it is until the backward pass. */
    public INDArray input(int i) {
        return inputs.get(i);
    }

    /** A parameter or a running statistic by name. */
    public INDArray parameter(String name) {
        return parameters.get(name);
    }

    /** Whether the input has a mask. */
    public boolean isMasked() {
        return masked;
    }

    /** New memory, in C order, that stays until the backward pass has ended; for the output too. */
    public INDArray kept(DataType type, long... shape) {
        return workspaces.createUninitialized(ArrayType.ACTIVATIONS, type, shape, 'c');
    }
}
