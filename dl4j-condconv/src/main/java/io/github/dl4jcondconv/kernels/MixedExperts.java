package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Kernels sum_e(a_ne W_e): products with the matrix whose rows are the experts. */
final class MixedExperts implements KernelTiles {
    /** Numbers of a kernel at a time: those of all experts and of some examples stay in the cache. */
    private static final int STEP = 1 << 13;

    private final Matrix experts;
    private final Matrix weights;
    private final Matrix dExperts;
    private final INDArray dWeights;
    private final int length;

    private MixedExperts(Matrix experts, Matrix weights, Matrix dExperts, INDArray dWeights, int length) {
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

    /**
     * With arrays for the gradients.
     *
     * @param dExperts to be overwritten, dense
     * @param dWeights to be added to
     */
    static MixedExperts with(INDArray experts, INDArray weights, INDArray dExperts, INDArray dWeights) {
        return new MixedExperts(
                rows(Images.dense(experts)),
                rows(Images.dense(weights)),
                dExperts == null ? null : rows(dExperts),
                dWeights,
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
        Matrix dPart = dExperts.columns(tile.output() * length, tile.outputs() * length);
        Matrix mixing = weights.rows(tile.example(), tile.examples());
        // Threads that added to the same numbers would do so in any order
        INDArray shares =
                Nd4j.createUninitialized(DataType.FLOAT, steps(part.columns()), mixing.rows(), mixing.columns());
        eachStep(part.columns(), (from, count) -> {
            Matrix found = dKernels.columns(from, count);
            Matrix share = Matrix.of(
                    shares, (long) from / STEP * mixing.rows() * mixing.columns(), mixing.rows(), mixing.columns());
            Blas.multiply(found, part.columns(from, count).transposed(), share);
            Blas.multiply(mixing.transposed(), found, dPart.columns(from, count), tile.example() > 0);
        });
        dWeights.get(NDArrayIndex.interval(tile.example(), tile.example() + tile.examples()), NDArrayIndex.all())
                .addi(shares.sum(0));
    }

    private interface Step {
        void run(int from, int count);
    }

    private static void eachStep(int numbers, Step step) {
        Blas.share(steps(numbers), i -> step.run(i * STEP, Math.min(STEP, numbers - i * STEP)));
    }

    private static int steps(int numbers) {
        return (numbers + STEP - 1) / STEP;
    }
}
