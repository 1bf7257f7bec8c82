package io.github.dl4jcondconv.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a backward pass puts its gradients. What it leaves out is zero.
 *
 * <p>For a running statistic the "gradient" is its value before the step minus the one after: DL4J subtracts gradients
 * from parameters, and the engine's updater for statistics passes them on as they are.
 */
public final class PassGradients {
    private final Map<String, INDArray> parameterViews;
    private final List<INDArray> inputs;
    private final LayerWorkspaceMgr workspaces;
    private final Map<String, INDArray> ofParameters = new HashMap<>();
    private final Map<Integer, INDArray> ofInputs = new HashMap<>();

    PassGradients(Map<String, INDArray> parameterViews, List<INDArray> inputs, LayerWorkspaceMgr workspaces) {
        this.parameterViews = parameterViews;
        this.inputs = inputs;
        this.workspaces = workspaces;
    }

    /** The memory of a parameter's gradient, to be overwritten. */
    public INDArray ofParameter(String name) {
        return ofParameters.computeIfAbsent(name, parameterViews::get);
    }

    /** New memory for the gradient of input {@code i}, of the input's shape in C order, to be overwritten. */
    public INDArray ofInput(int i) {
        return ofInputs.computeIfAbsent(i, number -> {
            INDArray input = inputs.get(number);
            return workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
        });
    }

    /** Copies a gradient that was computed elsewhere. */
    void setOfInput(int i, INDArray gradient) {
        ofInputs.put(i, workspaces.dup(ArrayType.ACTIVATION_GRAD, gradient));
    }

    LayerWorkspaceMgr workspaces() {
        return workspaces;
    }

    /** Gradient of input {@code i}, zeros if the pass left it out. */
    INDArray epsilon(int i) {
        INDArray found = ofInputs.get(i);
        return found == null
                ? workspaces.create(
                        ArrayType.ACTIVATION_GRAD,
                        inputs.get(i).dataType(),
                        inputs.get(i).shape(),
                        'c')
                : found;
    }

    /**
     * Gradients by name as DL4J wants them. State is left out, where DL4J would clip it per parameter, and stays only in
     * the flat view that is subtracted from the parameters.
     */
    Gradient named(List<Parameter> parameters) {
        Gradient gradient = new DefaultGradient();
        for (Parameter p : parameters) {
            INDArray view = parameterViews.get(p.name());
            if (!ofParameters.containsKey(p.name())) {
                view.assign(0);
            }
            if (p.trainable()) {
                gradient.setGradientFor(p.name(), view);
            }
        }
        return gradient;
    }
}
