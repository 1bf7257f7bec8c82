package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Images;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels sum_e(a_ne W_e) of 3x3 as {@linkplain Winograd Winograd's algorithm} multiplies them. Experts are mixed, then
 * transformed, some channels at a time: the numbers in between stay in a core's cache.
 */
final class WinogradExperts implements KernelTiles {
    private static final int TAPS = WinogradKernels.TAPS;

    /** Pairs of an output and an input channel at a time. */
    private static final int PAIRS = 1 << 9;

    private final Winograd winograd;
    private final INDArray experts;
    private final MixingWeights weights;
    private final INDArray dExperts;
    private final boolean turned;
    private final int nOut;
    private final int nIn;

    private WinogradExperts(
            Winograd winograd, INDArray experts, MixingWeights weights, INDArray dExperts, boolean turned) {
        this.winograd = winograd;
        this.experts = Images.dense(experts);
        this.weights = weights;
        this.dExperts = dExperts;
        this.turned = turned;
        nOut = Math.toIntExact(experts.size(1));
        nIn = Math.toIntExact(experts.size(2));
    }

    /** @param experts W, [E, nOut, nIn, 3, 3] */
    static WinogradExperts of(Winograd winograd, INDArray experts, MixingWeights weights) {
        return of(winograd, experts, weights, null);
    }

    /** @param dExperts to be overwritten, dense; null if there is no gradient to take */
    static WinogradExperts of(Winograd winograd, INDArray experts, MixingWeights weights, INDArray dExperts) {
        return new WinogradExperts(winograd, experts, weights, dExperts, false);
    }

    /** Kernels that make the gradient of images of that of outputs: those from input to output channels, turned around. */
    static WinogradExperts turned(Winograd winograd, INDArray experts, MixingWeights weights) {
        return new WinogradExperts(winograd, experts, weights, null, true);
    }

    @Override
    public int length() {
        return winograd.planes() * (turned ? nOut : nIn);
    }

    @Override
    public Matrix plane(Tile tile, Matrix kernels, int example, int plane) {
        int outputs = turned ? nOut : tile.outputs();
        Matrix planes = tile.kernel(kernels, example, winograd.planes() * outputs, turned ? tile.outputs() : nIn);
        Matrix one = planes.rows(plane * outputs, outputs);
        return turned ? one.transposed() : one;
    }

    @Override
    public void make(Tile tile, Matrix kernels) {
        new Work(tile).make(kernels);
    }

    @Override
    public void takeGradient(Tile tile, Matrix dKernels) {
        new Work(tile).takeGradient(dKernels);
    }

    /** Of the channels of one tile: some outputs with some inputs each, all of the former or of the latter. */
    private final class Work {
        private final Tile tile;
        private final int output;
        private final int outputs;
        private final int input;
        private final int inputs;
        private final int some;
        private final WinogradKernels vectors;

        Work(Tile tile) {
            this.tile = tile;
            output = turned ? 0 : tile.output();
            outputs = turned ? nOut : tile.outputs();
            input = turned ? tile.output() : 0;
            inputs = turned ? tile.outputs() : nIn;
            some = Math.min(outputs, Math.max(1, PAIRS / inputs));
            vectors = new WinogradKernels(winograd, some * inputs, turned);
        }

        void make(Matrix kernels) {
            FloatBuffer result = kernels.numbers();
            for (int o = 0; o < outputs; o += some) {
                int count = Math.min(some, outputs - o) * inputs;
                Matrix taps = taps(o, count);
                Matrix mixed = scratch(weights.experts(), tile.examples(), count);
                weights.mix(tile, taps, mixed);
                FloatBuffer given = mixed.numbers();
                for (int n = 0; n < tile.examples(); n++) {
                    vectors.readTaps(given, n * TAPS * count, count);
                    vectors.toPlanes(count);
                    vectors.writePlanes(result, n * kernels.columns() + o * inputs, outputs * inputs, count);
                }
            }
        }

        void takeGradient(Matrix dKernels) {
            FloatBuffer given = dKernels.numbers();
            for (int o = 0; o < outputs; o += some) {
                int count = Math.min(some, outputs - o) * inputs;
                Matrix dMixed = scratch(weights.experts(), tile.examples(), count);
                FloatBuffer found = dMixed.numbers();
                for (int n = 0; n < tile.examples(); n++) {
                    vectors.readPlanes(given, n * dKernels.columns() + o * inputs, outputs * inputs, count);
                    vectors.toTaps(count);
                    vectors.writeTaps(found, n * TAPS * count, count);
                }
                Matrix dTaps = scratch(weights.experts() + tile.examples(), weights.experts(), count);
                weights.takeGradient(tile, dMixed, taps(o, count), dTaps, false);
                addToExperts(dTaps.numbers(), o, count);
            }
        }

        /** Some rows of memory of the calling thread. */
        private Matrix scratch(int from, int rows, int count) {
            int length = TAPS * count;
            long numbers = (2L * weights.experts() + tile.examples()) * TAPS * some * inputs;
            return Matrix.of(Rows.of(Rows.Use.MATRIX, numbers).array(), (long) from * length, rows, length);
        }

        /** The experts' kernels, tap by tap, [E, 9 * count]. */
        private Matrix taps(int o, int count) {
            Matrix result = scratch(0, weights.experts(), count);
            FloatBuffer taps = result.numbers();
            for (int e = 0; e < weights.experts(); e++) {
                FloatBuffer expert = expert(experts, e);
                for (int i = 0; i < count; i += inputs) {
                    vectors.readKernels(expert, place(o, i), i, inputs);
                }
                vectors.split(count);
                vectors.writeTaps(taps, e * TAPS * count, count);
            }
            return result;
        }

        private void addToExperts(FloatBuffer dTaps, int o, int count) {
            for (int e = 0; e < weights.experts(); e++) {
                FloatBuffer expert = expert(dExperts, e);
                vectors.readTaps(dTaps, e * TAPS * count, count);
                for (int i = 0; tile.example() > 0 && i < count; i += inputs) {
                    vectors.readKernels(expert, place(o, i), i, inputs);
                }
                vectors.join(count, tile.example() > 0);
                for (int i = 0; i < count; i += inputs) {
                    vectors.writeKernels(expert, place(o, i), i, inputs);
                }
            }
        }

        /** The kernel of the {@code i}th pair of channels, among those of an expert. */
        private int place(int o, int i) {
            return (output + o + i / inputs) * nIn + input;
        }

        private FloatBuffer expert(INDArray all, int e) {
            return Matrix.of(all, all.size(0)).rows(e, 1).numbers();
        }
    }
}
