package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels sum_e(a_ne W_e): products with the matrix whose rows are the experts. */
final class MixedExperts implements KernelTiles {
    /** Numbers of a kernel at a time: those of all experts and of some examples stay in a core's cache. */
    private static final int STEP = 1 << 13;

    private final Matrix experts;
    private final Matrix weights;
    private final Matrix dExperts;
    private final int length;
    /** [N, E], the share that output channels from some one on have in the gradient of a: sums do not depend on threads. */
    private final Map<Integer, INDArray> dWeights = new ConcurrentSkipListMap<>();

    /**
     * @param experts W, [E, nOut, nIn, kH, kW]
     * @param weights a, [N, E]
     */
    MixedExperts(INDArray experts, INDArray weights) {
        this(experts, weights, null);
    }

    /** @param dExperts to be overwritten, dense; null if there is no gradient to take */
    MixedExperts(INDArray experts, INDArray weights, INDArray dExperts) {
        this.experts = rows(Images.dense(experts));
        this.weights = rows(Images.dense(weights));
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
        Matrix mixing = mixing(tile);
        eachStep(
                part.columns(),
                (from, count) -> Blas.multiply(mixing, part.columns(from, count), kernels.columns(from, count)));
    }

    @Override
    public void takeGradient(Tile tile, Matrix dKernels) {
        Matrix part = part(experts, tile);
        Matrix dPart = part(dExperts, tile);
        Matrix mixing = mixing(tile);
        Matrix share = share(tile);
        eachStep(part.columns(), (from, count) -> {
            Matrix found = dKernels.columns(from, count);
            Blas.multiply(found, part.columns(from, count).transposed(), share, from > 0);
            Blas.multiply(mixing.transposed(), found, dPart.columns(from, count), tile.example() > 0);
        });
    }

    /** The gradient of a, of all that has been taken. */
    INDArray gradientOfWeights() {
        return dWeights.values().stream().reduce(INDArray::addi).orElseThrow();
    }

    private Matrix share(Tile tile) {
        INDArray all = dWeights.computeIfAbsent(
                tile.output(), o -> Nd4j.createUninitialized(DataType.FLOAT, weights.rows(), weights.columns()));
        return rows(all).rows(tile.example(), tile.examples());
    }

    private Matrix part(Matrix ofExperts, Tile tile) {
        return ofExperts.columns(Math.multiplyExact(tile.output(), length), tile.outputs() * length);
    }

    private Matrix mixing(Tile tile) {
        return weights.rows(tile.example(), tile.examples());
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
