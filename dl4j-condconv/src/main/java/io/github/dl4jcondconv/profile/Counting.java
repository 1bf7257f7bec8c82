package io.github.dl4jcondconv.profile;

import java.util.Map;
import lombok.With;

/**
 * What {@link GraphProfile} counts as a multiply-add, where sources differ. {@link #STANDARD} is what this library
 * computes at inference; the other settings are what the papers publish.
 *
 * @param paperMixing whether conditional layers are counted as the CondConv paper does: the plain layer's multiply-adds,
 *     one for each weight of each expert, and the router. It differs from what is computed in {@code CondDense}, which
 *     mixes outputs, and in biases; default false
 * @param elementwise whether products and sums that are done once for each value are counted as half a multiply-add, as
 *     TensorFlow's profiler does with those that it knows: x in x sigmoid(x), mean and gates of squeeze-and-excitation,
 *     additions of vertices, global pooling. It makes 391M of EfficientNet-B0's 385.8M; default false
 * @param density share of positions, 0 to 1, that masks sample; default 1. A sampled convolution costs its share d of
 *     the dense one, an interpolation d(1-d) of that at all positions, as in the official sampling code's own count
 * @param densities measured densities of masks by the name of the vertex that makes the mask, such as {@code
 *     analysis.SamplingMasks} measures; {@code density} holds for the others. Default: none
 */
@With
public record Counting(boolean paperMixing, boolean elementwise, double density, Map<String, Double> densities) {
    /** The defaults: what this library computes. */
    public static final Counting STANDARD = new Counting(false, false, 1, Map.of());

    /** What the papers publish: with paperMixing. */
    public static final Counting PAPER = STANDARD.withPaperMixing(true);

    /** What the README of EfficientNet and its CondConv variants publishes: with paperMixing and elementwise. */
    public static final Counting TENSORFLOW = PAPER.withElementwise(true);

    public Counting {
        requireShare("density", density);
        densities = Map.copyOf(densities);
        densities.forEach((vertex, d) -> requireShare("density of mask \"" + vertex + "\"", d));
    }

    double densityOf(String maskVertex) {
        return densities.getOrDefault(maskVertex, density);
    }

    private static void requireShare(String what, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " is " + value + ", allowed: 0 to 1");
        }
    }
}
