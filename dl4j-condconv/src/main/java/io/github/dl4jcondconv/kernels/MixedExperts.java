package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels sum_e(a_ne W_e): products with the matrix whose rows are the experts. */
final class MixedExperts implements KernelTiles {
    /** Numbers of a kernel at a time: those of all experts and of some examples stay in a core's cache. */
    private static final int STEP = 1 << 13;

    private final Matrix experts;
    private final MixingWeights weights;
    private final Matrix dExperts;
    private final int length;

    /** @param experts W, [E, nOut, nIn, kH, kW] */
    MixedExperts(INDArray experts, MixingWeights weights) {
        this(experts, weights, null);
    }

    /** @param dExperts to be overwritten, dense; null if there is no gradient to take */
    MixedExperts(INDArray experts, MixingWeights weights, INDArray dExperts) {
        this.experts = rows(Images.dense(experts));
        this.weights = weights;
        this.dExperts = dExperts == null ? null : rows(dExperts);
        length = Math.toIntExact(experts.length() / experts.size(0) / experts.size(1));
    }

    private static Matrix rows(INDArray dense) {
        return Matrix.of(dense, dense.size(0));
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public void make(Tile tile, Matrix kernels) {
        Matrix part = part(experts, tile);
        eachStep(
                part.columns(),
                (from, count) -> weights.mix(tile, part.columns(from, count), kernels.columns(from, count)));
    }

    @Override
    public Matrix plane(Tile tile, Matrix kernels, int example, int plane) {
        return tile.kernel(kernels, example, tile.outputs(), length);
    }

    @Override
    public void takeGradient(Tile tile, Matrix dKernels) {
        Matrix part = part(experts, tile);
        Matrix dPart = part(dExperts, tile);
        eachStep(
                part.columns(),
                (from, count) -> weights.takeGradient(
                        tile,
                        dKernels.columns(from, count),
                        part.columns(from, count),
                        dPart.columns(from, count),
                        tile.example() > 0));
    }

    private Matrix part(Matrix ofExperts, Tile tile) {
        return ofExperts.columns(Math.multiplyExact(tile.output(), length), tile.outputs() * length);
    }

    private interface Step {
        void run(int from, int count);
    }

    private static void eachStep(int numbers, Step step) {
        for (int from = 0; from < numbers; from += STEP) {
            step.run(from, Math.min(STEP, numbers - from));
        }
    }
}
