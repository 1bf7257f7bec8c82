package io.github.dl4jcondconv.accel;

import static org.deeplearning4j.nn.params.DepthwiseConvolutionParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.DepthwiseConvolutionParamInitializer.WEIGHT_KEY;

import io.github.dl4jcondconv.accel.ConvolutionCore.Filters;
import io.github.dl4jcondconv.onednn.Images;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's depthwise convolution: filters W [kH, kW, nIn, depth multiplier], each channel a group of its own. */
final class DepthwiseOperator implements ImageOperator {
    private final Layer layer;
    private final ConvolutionLayer conf;
    private final ConvolutionCore core;

    DepthwiseOperator(Layer layer, Placement placement) {
        this.layer = layer;
        this.conf = (ConvolutionLayer) layer.conf().getLayer();
        this.core = new ConvolutionCore(
                Windows.of(conf), conf.getCnn2dDataFormat(), conf.getActivationFn(), placement.fixed());
    }

    @Override
    public boolean accepts(INDArray input) {
        return Images.areOf(layer.getParam(WEIGHT_KEY).size(2), input, conf.getCnn2dDataFormat())
                && core.accepts(input);
    }

    @Override
    public INDArray activate(
            INDArray input, boolean training, LayerWorkspaceMgr workspaces, boolean blocked, boolean keepsOutput) {
        return core.activate(
                input, filters(layer.getParam(WEIGHT_KEY)), bias(), training, workspaces, blocked, keepsOutput);
    }

    @Override
    public INDArray backprop(
            INDArray input,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            LayerWorkspaceMgr workspaces,
            boolean wanted) {
        return core.backprop(
                input,
                epsilon,
                filters(layer.getParam(WEIGHT_KEY)),
                filters(gradients.get(WEIGHT_KEY)),
                gradients.get(BIAS_KEY),
                workspaces,
                wanted);
    }

    @Override
    public void clear() {
        core.clear();
    }

    private INDArray bias() {
        return conf.hasBias() ? layer.getParam(BIAS_KEY) : null;
    }

    private static Filters filters(INDArray weights) {
        return Filters.ofGroups(weights.permute(2, 3, 0, 1));
    }
}
