package io.github.dl4jcondconv.fusion;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Reads what a stock BatchNormalization computes at inference, its peculiarities included. */
public final class BatchNorms {
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

    /**
     * The parameters with which a normalisation computes a given map, with its mean and variance as they are. Its
     * configuration is told that gamma and beta are parameters.
     */
    static Map<String, INDArray> with(NetworkDraft draft, String vertex, ChannelAffine map) {
        BatchNormalization layer = (BatchNormalization) draft.layer(vertex);
        double[] mean =
                ChannelAffine.toDoubles(draft.parameter(vertex, BatchNormalizationParamInitializer.GLOBAL_MEAN));
        double[] variance = ChannelAffine.toDoubles(variance(draft, vertex, layer));
        double[] gamma = new double[mean.length];
        double[] beta = new double[mean.length];
        for (int c = 0; c < mean.length; c++) {
            gamma[c] = map.scale(c) * Math.sqrt(variance[c] + layer.getEps());
            beta[c] = map.shift(c) + map.scale(c) * mean[c];
        }
        layer.setLockGammaBeta(false);
        Map<String, INDArray> parameters = draft.parameters(vertex);
        parameters.put(BatchNormalizationParamInitializer.GAMMA, Nd4j.createFromArray(gamma));
        parameters.put(BatchNormalizationParamInitializer.BETA, Nd4j.createFromArray(beta));
        return parameters;
    }

    /** The running variance, whichever way the layer keeps it. */
    public static INDArray variance(NetworkDraft draft, String vertex, BatchNormalization layer) {
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
