package io.github.dl4jcondconv.accel;

import static org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer.BIAS_KEY;
import static org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY;
import static org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY;

import io.github.dl4jcondconv.accel.ConvolutionCore.Filters;
import io.github.dl4jcondconv.onednn.Images;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's separable convolution: a depthwise one with filters W [depth multiplier, nIn, kH, kW], then one of single pixels
 * with filters pW [nOut, nIn * depth multiplier, 1, 1], a bias and the activation.
 */
final class SeparableOperator implements ImageOperator {
    private final Layer layer;
    private final ConvolutionLayer conf;
    private final ConvolutionCore depthwise;
    private final ConvolutionCore pointwise;

    /** What the depthwise convolution made in the last training pass. */
    private INDArray between;

    SeparableOperator(Layer layer, Placement placement) {
        this.layer = layer;
        this.conf = (ConvolutionLayer) layer.conf().getLayer();
        this.depthwise = new ConvolutionCore(
                Windows.of(conf), conf.getCnn2dDataFormat(), new ActivationIdentity(), placement.fixed());
        this.pointwise = new ConvolutionCore(
                Windows.PIXELS, conf.getCnn2dDataFormat(), conf.getActivationFn(), placement.fixed());
    }

    @Override
    public boolean accepts(INDArray input) {
        return Images.areOf(layer.getParam(DEPTH_WISE_WEIGHT_KEY).size(1), input, conf.getCnn2dDataFormat())
                && depthwise.accepts(input);
    }

    @Override
    public INDArray activate(
            INDArray input, boolean training, LayerWorkspaceMgr workspaces, boolean blocked, boolean keepsOutput) {
        Filters filters = depthwiseFilters(layer.getParam(DEPTH_WISE_WEIGHT_KEY));
        long[] shape = depthwise.outputShape(input, filters.outputs());
        INDArray images = Images.create(
                workspaces,
                training ? ArrayType.INPUT : ArrayType.FF_WORKING_MEM,
                shape,
                conf.getCnn2dDataFormat(),
                Images.canBeBlocked(shape[1]));
        depthwise.write(input, filters, null, images);
        between = training ? images : null;
        INDArray bias = conf.hasBias() ? layer.getParam(BIAS_KEY) : null;
        return pointwise.activate(
                images,
                Filters.of(layer.getParam(POINT_WISE_WEIGHT_KEY)),
                bias,
                training,
                workspaces,
                blocked,
                keepsOutput);
    }

    @Override
    public INDArray backprop(
            INDArray input,
            INDArray epsilon,
            Map<String, INDArray> gradients,
            LayerWorkspaceMgr workspaces,
            boolean wanted) {
        INDArray delta = pointwise.backprop(
                between,
                epsilon,
                Filters.of(layer.getParam(POINT_WISE_WEIGHT_KEY)),
                Filters.of(gradients.get(POINT_WISE_WEIGHT_KEY)),
                gradients.get(BIAS_KEY),
                workspaces,
                true);
        return depthwise.backprop(
                input,
                delta,
                depthwiseFilters(layer.getParam(DEPTH_WISE_WEIGHT_KEY)),
                depthwiseFilters(gradients.get(DEPTH_WISE_WEIGHT_KEY)),
                null,
                workspaces,
                wanted);
    }

    @Override
    public void clear() {
        between = null;
        depthwise.clear();
        pointwise.clear();
    }

    private static Filters depthwiseFilters(INDArray weights) {
        return Filters.ofGroups(weights.permute(1, 0, 2, 3));
    }
}
