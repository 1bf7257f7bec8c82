package io.github.dl4jcondconv.accel;

import static org.deeplearning4j.nn.params.DefaultParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.DefaultParamInitializer.WEIGHT_KEY;

import io.github.dl4jcondconv.onednn.Recording;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's dense layer with oneDNN's products. */
final class OneDnnDense extends DenseLayer {
    private final transient Placement placement;
    private final transient DenseCore core;

    OneDnnDense(DenseLayer stock, Placement placement) {
        super(stock.conf(), stock.getDataType());
        this.placement = placement;
        this.core = new DenseCore(placement.fixed());
    }

    @Override
    protected Pair<INDArray, INDArray> preOutputWithPreNorm(
            boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
        assertInputSet(forBackprop);
        placement.checkPass(training);
        INDArray w = getParamWithNoise(WEIGHT_KEY, training, workspaces);
        if (hasLayerNorm() || !DenseCore.accepts(input, w)) {
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

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray w = getParamWithNoise(WEIGHT_KEY, true, workspaces);
        if (hasLayerNorm() || !DenseCore.accepts(input, w)) {
            return super.backpropGradient(epsilon, workspaces);
        }
        INDArray z = preOutputWithPreNorm(true, true, workspaces).getFirst();
        INDArray delta = layerConf().getActivationFn().backprop(z, epsilon).getFirst();
        if (maskArray != null) {
            applyMask(delta);
        }
        Pair<Gradient, INDArray> gradients = core.backward(input, delta, w, gradientViews, workspaces);
        weightNoiseParams.clear();
        gradients.setSecond(backpropDropOutIfPresent(gradients.getSecond()));
        return gradients;
    }
}
