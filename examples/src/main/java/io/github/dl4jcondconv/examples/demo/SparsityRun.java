package io.github.dl4jcondconv.examples.demo;

/**
 * The network of sampled blocks, trained under one weight of its sparsity loss.
 *
 * @param weight of the loss
 * @param network what came out
 */
public record SparsityRun(double weight, Contestant network) {

    /** The share of positions that its masks sample of the validation images, 0 to 1; each mask counts the same. */
    public double density() {
        return network.trained().densities().values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }
}
