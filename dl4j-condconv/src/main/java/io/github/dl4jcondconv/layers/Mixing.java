package io.github.dl4jcondconv.layers;

/**
 * Where a conditional layer mixes its experts. Both ways give the same result up to rounding, since a convolution is
 * linear in its kernel (Yang et al., "CondConv", NeurIPS 2019, section 3).
 */
public enum Mixing {
    /**
     * Chosen by cost: {@link #OUTPUTS} in training with at most 4 experts, as in the paper, and wherever a kernel is
     * used at one position only, as in a dense layer; else {@link #KERNELS}.
     */
    AUTO,
    /** Mixes the kernels for each example and convolves once: few multiplications, one kernel for each example. */
    KERNELS,
    /** Convolves with every expert and mixes the outputs: one large convolution for the whole batch. */
    OUTPUTS;

    private static final int MOST_BRANCHES_IN_TRAINING = 4;

    /**
     * @param positions at how many positions an example uses its kernel, or a bound from below
     */
    boolean ofKernels(boolean training, int experts, long positions) {
        return switch (this) {
            case KERNELS -> true;
            case OUTPUTS -> false;
            case AUTO -> positions > 1 && !(training && experts <= MOST_BRANCHES_IN_TRAINING);
        };
    }
}
