package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Routing;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A conditional convolution whose router ignores its input (its weights are zero, or it is a softmax over one expert)
 * mixes its experts the same way for every image: it becomes a stock convolution with that mixture as its kernel.
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
        double[] weights = weights(layer.getRouting(), ChannelAffine.toDoubles(draft.parameter(vertex, "routingb")));
        KernelBias mixture = IntStream.range(0, layer.getNumExperts())
                .mapToObj(e -> expert(draft, vertex, e).then(uniform(layer, weights[e])))
                .reduce(KernelBias::plus)
                .orElseThrow()
                .then(staticBias(draft, vertex, layer));
        draft.replace(
                vertex,
                StockConvolution.like(layer),
                Map.of("W", mixture.kernel(DataType.DOUBLE), "b", mixture.bias(DataType.DOUBLE)));
        return Outcome.fusedInto(vertex);
    }

    private static boolean isConstant(NetworkDraft draft, String vertex) {
        CondConv2D layer = (CondConv2D) draft.layer(vertex);
        boolean hasNoChoice = layer.getNumExperts() == 1 && layer.getRouting().function() == Routing.Function.SOFTMAX;
        return hasNoChoice
                || Arrays.stream(ChannelAffine.toDoubles(draft.parameter(vertex, "routingW")))
                        .allMatch(w -> w == 0);
    }

    private static double[] weights(Routing routing, double[] logits) {
        if (routing.function() == Routing.Function.SIGMOID) {
            return Arrays.stream(logits).map(x -> 1 / (1 + Math.exp(-x))).toArray();
        }
        double largest = Arrays.stream(logits).max().orElseThrow();
        double[] powers = Arrays.stream(logits)
                .map(x -> Math.exp((x - largest) / routing.temperature()))
                .toArray();
        double sum = DoubleStream.of(powers).sum();
        return Arrays.stream(powers).map(p -> p / sum).toArray();
    }

    private static KernelBias expert(NetworkDraft draft, String vertex, int e) {
        INDArray bias = draft.parameter(vertex, "b");
        // not slice(): of a view it may answer with an empty array, since it compares the view's offset with its length
        INDArray kernel = draft.parameter(vertex, "W").tensorAlongDimension(e, 1, 2, 3, 4);
        return KernelBias.of(kernel, bias == null ? null : bias.getRow(e));
    }

    private static ChannelAffine uniform(CondConv2D layer, double weight) {
        return ChannelAffine.uniform((int) layer.getNOut(), weight, 0);
    }

    private static ChannelAffine staticBias(NetworkDraft draft, String vertex, CondConv2D layer) {
        ChannelAffine identity = uniform(layer, 1);
        return layer.isStaticBias()
                ? ChannelAffine.of(identity.scales(), ChannelAffine.toDoubles(draft.parameter(vertex, "bs")))
                : identity;
    }
}
