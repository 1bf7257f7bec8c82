package io.github.dl4jcondconv.engine;

import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Memory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
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
    private final Scope scope;
    private final Map<String, INDArray> ofParameters = new HashMap<>();
    private final Map<Integer, INDArray> ofInputs = new HashMap<>();

    /**
     * What the gradients belong to.
     *
     * @param inputs images among them may be blocked
     * @param wantsImage whether anybody reads the gradient of input 0
     */
    record Scope(List<INDArray> inputs, CNN2DFormat format, boolean wantsImage, LayerWorkspaceMgr workspaces) {}

    PassGradients(Map<String, INDArray> parameterViews, Scope scope) {
        this.parameterViews = parameterViews;
        this.scope = scope;
    }

    /** The memory of a parameter's gradient, to be overwritten. */
    public INDArray ofParameter(String name) {
        return ofParameters.computeIfAbsent(name, parameterViews::get);
    }

    /** New memory for the gradient of input {@code i}, of the input's shape in C order and never blocked, to be overwritten. */
    public INDArray ofInput(int i) {
        return ofInputs.computeIfAbsent(i, number -> {
            INDArray input = scope.inputs.get(number);
            return Images.areBlocked(input)
                    ? newImage(Images.shape(input, scope.format), false)
                    : scope.workspaces.createUninitialized(
                            ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
        });
    }

    /** Whether anybody reads the gradient of input 0: nobody does in the first layer of a network that is fitted. */
    public boolean wantsImage() {
        return scope.wantsImage;
    }

    /** New memory for the gradient of input 0, images (N, C, H, W), to be overwritten. */
    public Memory ofImage() {
        INDArray image = scope.inputs.get(0);
        return memory(ofInputs.computeIfAbsent(
                0, i -> newImage(Images.shape(image, scope.format), Images.areBlocked(image))));
    }

    private INDArray newImage(long[] nchw, boolean blocked) {
        return Images.create(scope.workspaces, ArrayType.ACTIVATION_GRAD, nchw, scope.format, blocked);
    }

    /** The gradient of images, such as the output's, as (N, C, H, W). */
    public Memory memory(INDArray images) {
        return Images.memory(images, scope.format);
    }

    /** An array in the network's format. */
    INDArray plain(INDArray images) {
        return Images.plain(images, scope.format);
    }

    /** Copies a gradient that was computed elsewhere. */
    void setOfInput(int i, INDArray gradient) {
        ofInputs.put(i, scope.workspaces.dup(ArrayType.ACTIVATION_GRAD, gradient));
    }

    LayerWorkspaceMgr workspaces() {
        return scope.workspaces;
    }

    /** Gradient of input {@code i} in the form of the input: zeros if the pass left it out, null if nobody wants it. */
    INDArray epsilon(int i) {
        if (i == 0 && !scope.wantsImage) {
            return null;
        }
        INDArray input = scope.inputs.get(i);
        INDArray found = ofInputs.get(i);
        return found == null
                ? scope.workspaces.create(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c')
                : scope.workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, Images.like(input, found, scope.format));
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
