package io.github.dl4jcondconv.convert;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Sigmoids with a sum that does not depend on what they see, since sigmoid(z) + sigmoid(-z) = 1. */
final class Gates {
    private Gates() {}

    /**
     * Gives gates opposite logits in pairs within each group of {@code size} neighbours; an odd one out has logit 0.
     *
     * @param weights [features, groups * size], of which every second column, and an odd one, is overwritten
     * @param biases [groups * size], likewise
     * @return the sum of the gates of a group, size / 2
     */
    static double balance(INDArray weights, INDArray biases, int size) {
        for (int gate = 0; gate < weights.columns(); gate++) {
            int place = gate % size;
            if (place % 2 == 1) {
                weights.getColumn(gate).assign(weights.getColumn(gate - 1).neg());
                biases.putScalar(gate, -biases.getDouble(gate - 1));
            } else if (place == size - 1) {
                weights.getColumn(gate).assign(0);
                biases.putScalar(gate, 0);
            }
        }
        return size / 2.0;
    }
}
