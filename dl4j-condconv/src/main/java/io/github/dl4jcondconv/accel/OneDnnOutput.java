package io.github.dl4jcondconv.accel;

import static org.deeplearning4j.nn.params.DefaultParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.DefaultParamInitializer.WEIGHT_KEY;

import io.github.dl4jcondconv.onednn.Floats;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Recording;
import io.github.dl4jcondconv.onednn.Softmax;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's output layer with oneDNN's products and softmax; other activations and the loss are ND4J's. */
final class OneDnnOutput extends OutputLayer {
    private final transient Placement placement;
    private final transient DenseCore core;
    private transient OwnOutput own;

    OneDnnOutput(OutputLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.core = new DenseCore(placement.fixed());
    }

    /** @param output for the answer, before the network returns a copy of it */
    void setOwnOutput(OwnOutput output) {
        own = output;
    }

    @Override
    protected Pair<INDArray, INDArray> preOutputWithPreNorm(
            boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
        assertInputSet(forBackprop);
        placement.checkPass(training);
        INDArray w = getParamWithNoise(WEIGHT_KEY, training, workspaces);
        if (!DenseCore.accepts(input, w)) {
            Recording.catchUp();
            return super.preOutputWithPreNorm(training, forBackprop, workspaces);
        }
        applyDropOutIfNecessary(training, workspaces);
        INDArray b = hasBias() ? getParamWithNoise(BIAS_KEY, training, workspaces) : null;
        INDArray z = core.forward(input, w, b, workspaces);
        if (maskArray != null) {
            applyMask(z);
        }
        return new Pair<>(z, z);
    }

    /** Softmax by oneDNN: what ND4J's takes around it is long for a small network's answer. */
    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        boolean covered = layerConf().getActivationFn() instanceof ActivationSoftmax && maskArray == null;
        if (!covered || !OneDnn.isAvailable()) {
            return super.activate(training, workspaces);
        }
        if (own != null && !training && isMadeByKernels()) {
            INDArray answer =
                    own.compute(() -> new long[] {input.size(0), layerConf().getNOut()}, this::write, input);
            INDArray copy = Images.createWhole(workspaces, ArrayType.ACTIVATIONS, answer.shape());
            Floats.copy(answer, copy);
            return copy;
        }
        INDArray z = preOutput(training, workspaces);
        if (z.rank() != 2 || z.dataType() != DataType.FLOAT || !Images.isDense(z)) {
            return layerConf().getActivationFn().getActivation(z, training);
        }
        Softmax.apply(z);
        return z;
    }

    private boolean isMadeByKernels() {
        return own.isRecorded(input) || DenseCore.accepts(input, getParam(WEIGHT_KEY)) && Images.isDense(input);
    }

    private void write(INDArray answer) {
        core.write(input, getParam(WEIGHT_KEY), hasBias() ? getParam(BIAS_KEY) : null, answer);
        Softmax.apply(answer);
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray w = getParamWithNoise(WEIGHT_KEY, true, workspaces);
        if (!DenseCore.accepts(input, w)) {
            return super.backpropGradient(epsilon, workspaces);
        }
        INDArray z = preOutput2d(true, workspaces);
        INDArray labels2d = getLabels2d(workspaces, ArrayType.BP_WORKING_MEM);
        INDArray delta =
                layerConf().getLossFn().computeGradient(labels2d, z, layerConf().getActivationFn(), maskArray);
        Pair<Gradient, INDArray> gradients = core.backward(input, delta, w, gradientViews, workspaces);
        gradients.setSecond(backpropDropOutIfPresent(gradients.getSecond()));
        return gradients;
    }
}
