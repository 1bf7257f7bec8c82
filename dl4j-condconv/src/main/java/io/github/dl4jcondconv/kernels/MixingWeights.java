package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The weights a [N, E] of experts, whose numbers are rows W [E, numbers], in kernels K = a W [N, numbers], and the gradients
 * of both. Threads may take different output channels at the same time.
 */
final class MixingWeights {
    private final Matrix weights;
    /** [N, E], the share that output channels from some one on have in the gradient of a: sums do not depend on threads. */
    private final Map<Integer, INDArray> gradients = new ConcurrentSkipListMap<>();

    /** @param weights a, [N, E] */
    MixingWeights(INDArray weights) {
        INDArray dense = Images.dense(weights);
        this.weights = Matrix.of(dense, dense.size(0));
    }

    int experts() {
        return weights.columns();
    }

    /**
     * Makes some numbers of the kernels of a tile's examples.
     *
     * @param experts [E, numbers]
     * @param kernels [examples, numbers], to be overwritten
     */
    void mix(Tile tile, Matrix experts, Matrix kernels) {
        Blas.multiply(rows(tile), experts, kernels);
    }

    /**
     * Takes the gradient of some numbers of the kernels of a tile's examples: adds to that of the weights and gives that of
     * the experts.
     *
     * @param dKernels [examples, numbers]
     * @param experts [E, numbers]
     * @param dExperts [E, numbers]
     * @param add whether to add to it; to be overwritten otherwise
     */
    void takeGradient(Tile tile, Matrix dKernels, Matrix experts, Matrix dExperts, boolean add) {
        INDArray all = gradients.computeIfAbsent(
                tile.output(), o -> Nd4j.zeros(DataType.FLOAT, weights.rows(), weights.columns()));
        Matrix share = Matrix.of(all, all.size(0)).rows(tile.example(), tile.examples());
        Blas.multiply(dKernels, experts.transposed(), share, true);
        Blas.multiply(rows(tile).transposed(), dKernels, dExperts, add);
    }

    /** The gradient of the weights, of all that has been taken. */
    INDArray gradient() {
        return gradients.values().stream().reduce(INDArray::add).orElseThrow();
    }

    private Matrix rows(Tile tile) {
        return weights.rows(tile.example(), tile.examples());
    }
}
