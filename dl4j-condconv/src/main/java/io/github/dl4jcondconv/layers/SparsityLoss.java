package io.github.dl4jcondconv.layers;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;

/**
 * The sparsity loss of a whole network: its masks' mean sampling probabilities, each by its share of the masks' weights,
 * times one weight (Xie et al., ECCV 2020).
 *
 * <pre>
 * loss = weight * sum_i(w_i mean(p_i)) / sum_i(w_i)
 * </pre>
 *
 * With the weights 0.25 and 0.75 of {@link SampledResidualBlock} the sum of the w_i is the number
 * of blocks, as in the official code.
 */
public final class SparsityLoss {
    private SparsityLoss() {}

    /**
     * A copy of the configuration whose masks are weighted as above.
     *
     * @param weight of the loss, at least 0; the official code's choices are 0.02 to 0.2
     * @throws IllegalArgumentException if no mask has a sparsityWeight above 0, or the weight is negative
     */
    public static ComputationGraphConfiguration weigh(ComputationGraphConfiguration configuration, double weight) {
        if (!(weight >= 0)) {
            throw new IllegalArgumentException("weight of the sparsity loss is " + weight + ", allowed: at least 0");
        }
        ComputationGraphConfiguration weighed = configuration.clone();
        List<Sampled> masks = masks(weighed).toList();
        double sum = masks.stream()
                .mapToDouble(m -> m.getSampling().getSparsityWeight())
                .sum();
        if (sum == 0) {
            throw new IllegalArgumentException("the network has " + masks.size()
                    + " masks, none with a sparsityWeight above 0: give each its share of the loss");
        }
        for (Sampled mask : masks) {
            Sampling sampling = mask.getSampling();
            double share = sampling.getSparsityWeight() / sum;
            mask.setSampling(sampling.toBuilder().sparsityWeight(weight * share).build());
        }
        return weighed;
    }

    private static Stream<Sampled> masks(ComputationGraphConfiguration configuration) {
        return configuration.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .filter(Sampled.class::isInstance)
                .map(Sampled.class::cast);
    }
}
