package io.github.dl4jcondconv.zoo;

import java.util.Locale;

/** What the convolutions of a network are made of. */
public enum BlockKind {
    /** Stock convolutions: the network that the papers compare with. */
    PLAIN,
    /** Mixtures of experts, chosen for each image (Yang et al., "CondConv", NeurIPS 2019). */
    CONDCONV,
    /** Kernels generated for each image (Ma et al., "WeightNet", ECCV 2020). */
    WEIGHTNET,
    /** Asymmetric convolution blocks, to be fused after training (Ding et al., "ACNet", ICCV 2019). */
    ACNET,
    /** Convolutions computed at sampled positions (Xie et al., "Spatially Adaptive Inference", ECCV 2020). */
    SAMPLED;

    /** As the command line spells it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
