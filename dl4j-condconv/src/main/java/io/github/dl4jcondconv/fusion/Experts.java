package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The experts of a conditional layer, as a linear map of which only the mixture depends on the example. A map of the
 * output's channels, s y + t, makes W_e to s W_e and b_e to s b_e for every expert e, and t becomes static bias.
 */
final class Experts implements AffineHost {
    private static final Experts INSTANCE = new Experts();

    /** Exact classes: a subclass may compute anything. */
    static final Map<Class<?>, AffineHost> BY_CLASS = Map.of(
            CondConv2D.class, INSTANCE,
            DepthwiseCondConv2D.class, INSTANCE,
            CondDense.class, INSTANCE);

    private Experts() {}

    @Override
    public int outputs(NetworkDraft draft, String vertex) {
        Layer layer = draft.layer(vertex);
        return (int) (layer instanceof CondDense dense ? dense.getNOut() : ((CondConvBlock) layer).getNOut());
    }

    @Override
    public Map<String, INDArray> then(NetworkDraft draft, String vertex, ChannelAffine map) {
        Layer layer = draft.layer(vertex);
        Map<String, INDArray> parameters = draft.parameters(vertex);
        INDArray scale = Nd4j.createFromArray(map.scales());
        parameters.computeIfPresent("W", (key, w) -> inDouble(w).mul(alongOutputs(layer, scale)));
        parameters.computeIfPresent("b", (key, b) -> inDouble(b).mul(scale.reshape(1, scale.length())));
        StaticBias.then(parameters, map);
        if (layer instanceof CondDense dense) {
            dense.setStaticBias(true);
        } else {
            ((CondConvBlock) layer).setStaticBias(true);
        }
        return parameters;
    }

    /** A vector over the output channels in the shape that broadcasts over W. */
    private static INDArray alongOutputs(Layer layer, INDArray vector) {
        long n = vector.length();
        if (layer instanceof DepthwiseCondConv2D depthwise) {
            long multiplier = depthwise.getDepthMultiplier();
            return vector.reshape('c', n / multiplier, multiplier)
                    .transpose()
                    .reshape('c', 1, multiplier, n / multiplier, 1, 1);
        }
        return layer instanceof CondDense ? vector.reshape(1, 1, n) : vector.reshape(1, n, 1, 1, 1);
    }

    private static INDArray inDouble(INDArray array) {
        return array.castTo(DataType.DOUBLE);
    }
}
