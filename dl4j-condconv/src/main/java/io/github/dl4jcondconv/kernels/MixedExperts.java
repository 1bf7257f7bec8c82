package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Kernels sum_e(a_ne W_e): products with the matrix whose rows are the experts. */
final class MixedExperts implements KernelTiles {
    /** Numbers of a kernel at a time: those of all experts and of some examples stay in the cache. */
    private static final int STEP = 1 << 13;

    private final Matrix experts;
    private final Matrix weights;
    private final Matrix dExperts;
    private final Matrix dWeights;
    private final int length;

    private MixedExperts(Matrix experts, Matrix weights, Matrix dExperts, Matrix dWeights, int length) {
        this.experts = experts;
        this.weights = weights;
        this.dExperts = dExperts;
        this.dWeights = dWeights;
        this.length = length;
    }

    /**
     * @param experts W, [E, nOut, nIn, kH, kW]
     * @param weights a, [N, E]
     */
    static MixedExperts of(INDArray experts, INDArray weights) {
        return with(experts, weights, null, null);
    }

    /** With dense arrays for the gradients, to be overwritten. */
    static MixedExperts with(INDArray experts, INDArray weights, INDArray dExperts, INDArray dWeights) {
        return new MixedExperts(
                rows(Images.dense(experts)),
                rows(Images.dense(weights)),
                dExperts == null ? null : rows(dExperts),
                dWeights == null ? null : rows(dWeights),
                Math.toIntExact(experts.length() / experts.size(0) / experts.size(1)));
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
        Matrix part = experts.columns(tile.output() * length, tile.outputs() * length);
        Matrix mixing = weights.rows(tile.example(), tile.examples());
        eachStep(
                part.columns(),
                (from, count) -> Blas.multiply(mixing, part.columns(from, count), kernels.columns(from, count)));
    }

    @Override
    public void addGradient(Tile tile, Matrix dKernels) {
        Matrix part = experts.columns(tile.output() * length, tile.outputs() * length);
        Matrix target = dWeights.rows(tile.example(), tile.examples());
        Blas.share(
                tile.examples(),
                n -> Blas.multiply(dKernels.rows(n, 1), part.transposed(), target.rows(n, 1), tile.output() > 0));
        Matrix dPart = dExperts.columns(tile.output() * length, tile.outputs() * length);
        Matrix mixing = weights.rows(tile.example(), tile.examples()).transposed();
        eachStep(
                part.columns(),
                (from, count) -> Blas.multiply(
                        mixing, dKernels.columns(from, count), dPart.columns(from, count), tile.example() > 0));
    }

    private interface Step {
        void run(int from, int count);
    }

    private static void eachStep(int numbers, Step step) {
        Blas.share((numbers + STEP - 1) / STEP, i -> step.run(i * STEP, Math.min(STEP, numbers - i * STEP)));
    }
}
