package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Batch normalization with the running statistics: gamma (x - mean) / sqrt(var + eps) + beta. As DL4J computes it:
 * no activation follows, the variance may be stored as log10 of the standard deviation, and a locked gamma and beta
 * count only if neither has its default value.
 */
final class BatchNormalizationWriter implements OnnxWriter.Unary<BatchNormalization> {

    @Override
    public Value write(BatchNormalization layer, Value input, VertexScope scope) {
        boolean nhwc = input.rank() == 4 && layer.getCnn2DFormat() == CNN2DFormat.NHWC;
        String x = input.rank() == 4 ? scope.channelsFirst(input, layer.getCnn2DFormat()) : input.tensor();
        String y = scope.node(
                        OnnxOp.BATCH_NORMALIZATION,
                        x,
                        weights(scope, "gamma", layer, layer.getGamma(), 1),
                        weights(scope, "beta", layer, layer.getBeta(), 0),
                        weights(scope, "mean", scope.param("mean")),
                        weights(scope, "var", variance(layer, scope)))
                .with("epsilon", layer.getEps())
                .output();
        return input.withTensor(y).withTransposed(nhwc).withChannels(layer.getNOut());
    }

    private static String weights(
            VertexScope scope, String key, BatchNormalization layer, double locked, double standard) {
        if (!layer.isLockGammaBeta()) {
            return weights(scope, key, scope.param(key));
        }
        boolean counts = layer.getGamma() != 1.0 && layer.getBeta() != 0.0;
        return weights(
                scope,
                key,
                Nd4j.valueArrayOf(new long[] {layer.getNOut()}, counts ? locked : standard, DataType.DOUBLE));
    }

    private static INDArray variance(BatchNormalization layer, VertexScope scope) {
        return layer.isUseLogStd()
                ? Transforms.exp(
                        scope.param("log10stdev").castTo(DataType.DOUBLE).mul(2 * Math.log(10)))
                : scope.param("var");
    }

    private static String weights(VertexScope scope, String role, INDArray array) {
        return scope.weights(role, array.reshape(array.length()));
    }

    @Override
    public InputShape inputShape(BatchNormalization layer) {
        return new InputShape(InputShape.ASK, layer.getNOut(), InputShape.OPEN, InputShape.OPEN, null);
    }
}
