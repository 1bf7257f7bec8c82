package io.github.dl4jcondconv.fusion;

import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The bias {@code bs} of a layer whose kernel depends on the example: it does not. What a map of the output's channels
 * adds goes here, since other biases would be weighed by weights that need not sum to one.
 */
final class StaticBias {
    private StaticBias() {}

    /** A map s y + t of what the layer puts out makes bs to s bs + t. */
    static void then(Map<String, INDArray> parameters, ChannelAffine map) {
        INDArray shift = Nd4j.createFromArray(map.shifts());
        parameters.merge("bs", shift, (bs, t) -> bs.castTo(DataType.DOUBLE)
                .mul(Nd4j.createFromArray(map.scales()))
                .add(t));
    }
}
