package io.github.dl4jcondconv.zoo;

/**
 * How a network's BatchNormalizations are set.
 *
 * @param eps added to variances
 * @param decay share of the old running statistic at each step
 */
record Normalization(double eps, double decay) {
    /** DL4J's and PyTorch's: eps 1e-5, decay 0.9. */
    static final Normalization USUAL = new Normalization(1e-5, 0.9);
}
