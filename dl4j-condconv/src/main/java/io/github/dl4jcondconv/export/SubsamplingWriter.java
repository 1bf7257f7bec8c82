package io.github.dl4jcondconv.export;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * Pooling. Padding never wins a maximum and adds nothing to a p-norm; whether it counts in an average is an option of
 * the layer.
 */
final class SubsamplingWriter implements OnnxWriter.Unary<SubsamplingLayer> {

    @Override
    public Value write(SubsamplingLayer layer, Value input, VertexScope scope) {
        Window window = Window.of(layer);
        if (window.isDilated() && layer.getPoolingType() != PoolingType.MAX) {
            scope.reject(layer, layer.getPoolingType() + " pooling with a dilation");
            return input;
        }
        if (!window.isSame() && !window.padsLessThanKernel()) {
            scope.reject(layer, "padding " + Arrays.toString(window.padding()) + " is not smaller than the kernel");
        }
        String x = scope.channelsFirst(input, layer.getCnn2dDataFormat());
        String y =
                switch (layer.getPoolingType()) {
                    case MAX ->
                        window.slide(scope, OnnxOp.MAX_POOL, Double.NEGATIVE_INFINITY, x)
                                .output();
                    case AVG ->
                        window.slide(scope, OnnxOp.AVERAGE_POOL, 0, x)
                                .with("count_include_pad", layer.isAvgPoolIncludePadInDivisor() ? 1 : 0)
                                .output();
                    case PNORM ->
                        window.slide(scope, OnnxOp.LP_POOL, 0, x)
                                .with("p", layer.getPnorm())
                                .output();
                    default -> {
                        scope.reject(layer, layer.getPoolingType() + " pooling");
                        yield x;
                    }
                };
        return input.withTensor(y).withTransposed(layer.getCnn2dDataFormat() == CNN2DFormat.NHWC);
    }

    @Override
    public InputShape inputShape(SubsamplingLayer layer) {
        return InputShape.images(InputShape.ASK, layer.getCnn2dDataFormat());
    }
}
