package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.WeightNetBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The last layer of the small network with which WeightNet makes a kernel. It is linear and has no bias, and its rows are
 * the entries of the kernel, those of one output channel after those of another. So a map of the output's channels, s y +
 * t, scales the rows of channel o by s_o, and t becomes static bias, bs to s bs + t.
 */
final class KernelMaker implements AffineHost {
    private static final KernelMaker INSTANCE = new KernelMaker();

    /** Exact classes: a subclass may compute anything. */
    static final Map<Class<?>, AffineHost> BY_CLASS =
            Map.of(WeightNetConv2D.class, INSTANCE, DepthwiseWeightNetConv2D.class, INSTANCE);

    private KernelMaker() {}

    @Override
    public int outputs(NetworkDraft draft, String vertex) {
        return (int) ((WeightNetBlock) draft.layer(vertex)).getNOut();
    }

    @Override
    public Map<String, INDArray> then(NetworkDraft draft, String vertex, ChannelAffine map) {
        Map<String, INDArray> parameters = draft.parameters(vertex);
        parameters.computeIfPresent("fc2W", (key, rows) -> scaled(rows.castTo(DataType.DOUBLE), map));
        StaticBias.then(parameters, map);
        ((WeightNetBlock) draft.layer(vertex)).setStaticBias(true);
        return parameters;
    }

    private static INDArray scaled(INDArray rows, ChannelAffine map) {
        INDArray byChannel = rows.reshape('c', map.channels(), rows.length() / map.channels());
        return byChannel.mulColumnVector(Nd4j.createFromArray(map.scales())).reshape('c', rows.shape());
    }
}
