package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Reads what a stock BatchNormalization computes at inference, its peculiarities included. */
final class BatchNorms {
    private BatchNorms() {}

    static ChannelAffine affine(NetworkDraft draft, String vertex) {
        BatchNormalization layer = (BatchNormalization) draft.layer(vertex);
        return ChannelAffine.batchNormalization(
                gamma(draft, vertex, layer),
                beta(draft, vertex, layer),
                draft.parameter(vertex, BatchNormalizationParamInitializer.GLOBAL_MEAN),
                variance(draft, vertex, layer),
                layer.getEps());
    }

    private static INDArray variance(NetworkDraft draft, String vertex, BatchNormalization layer) {
        if (!layer.isUseLogStd()) {
            return draft.parameter(vertex, BatchNormalizationParamInitializer.GLOBAL_VAR);
        }
        INDArray logStd = draft.parameter(vertex, BatchNormalizationParamInitializer.GLOBAL_LOG_STD)
                .castTo(DataType.DOUBLE);
        return Transforms.exp(logStd.mul(2 * Math.log(10)), false);
    }

    private static INDArray gamma(NetworkDraft draft, String vertex, BatchNormalization layer) {
        return layer.isLockGammaBeta()
                ? locked(layer, appliesLocked(layer) ? layer.getGamma() : 1)
                : draft.parameter(vertex, BatchNormalizationParamInitializer.GAMMA);
    }

    private static INDArray beta(NetworkDraft draft, String vertex, BatchNormalization layer) {
        return layer.isLockGammaBeta()
                ? locked(layer, appliesLocked(layer) ? layer.getBeta() : 0)
                : draft.parameter(vertex, BatchNormalizationParamInitializer.BETA);
    }

    /** DL4J applies a locked gamma and beta only where both differ from their defaults. */
    private static boolean appliesLocked(BatchNormalization layer) {
        return layer.getGamma() != 1.0 && layer.getBeta() != 0.0;
    }

    private static INDArray locked(BatchNormalization layer, double value) {
        return Nd4j.valueArrayOf(new long[] {layer.getNOut()}, value, DataType.DOUBLE);
    }
}
