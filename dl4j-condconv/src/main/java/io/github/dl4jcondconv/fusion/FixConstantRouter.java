package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A conditional convolution whose router ignores its input (its weights are zero) mixes its experts the same way for
 * every image: it becomes a stock convolution with that mixture as its kernel.
 */
final class FixConstantRouter implements FusionRule {

    @Override
    public String name() {
        return "mix the experts of a constant router";
    }

    @Override
    public Outcome apply(NetworkDraft draft, String vertex) {
        if (!draft.isA(CondConv2D.class, vertex) || draft.inputs(vertex).size() > 1 || !isConstant(draft, vertex)) {
            return Outcome.NOT_MINE;
        }
        CondConv2D layer = (CondConv2D) draft.layer(vertex);
        double[] logits = ChannelAffine.toDoubles(draft.parameter(vertex, "routingb"));
        KernelBias mixture = IntStream.range(0, layer.getNumExperts())
                .mapToObj(e -> weighted(expert(draft, vertex, e), 1 / (1 + Math.exp(-logits[e]))))
                .reduce(KernelBias::plus)
                .orElseThrow();
        draft.replace(
                vertex,
                StockConvolution.like(layer),
                Map.of("W", mixture.kernel(DataType.DOUBLE), "b", mixture.bias(DataType.DOUBLE)));
        return Outcome.fusedInto(vertex);
    }

    private static boolean isConstant(NetworkDraft draft, String vertex) {
        return Arrays.stream(ChannelAffine.toDoubles(draft.parameter(vertex, "routingW")))
                .allMatch(w -> w == 0);
    }

    private static KernelBias expert(NetworkDraft draft, String vertex, int e) {
        INDArray bias = draft.parameter(vertex, "b");
        return KernelBias.of(draft.parameter(vertex, "W").slice(e), bias == null ? null : bias.slice(e));
    }

    private static KernelBias weighted(KernelBias expert, double weight) {
        return expert.then(ChannelAffine.uniform(expert.shape()[0], weight, 0));
    }
}
