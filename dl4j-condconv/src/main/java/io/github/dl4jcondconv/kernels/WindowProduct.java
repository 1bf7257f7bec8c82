package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.InnerProduct;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Takes windows of an image to the outputs of a convolution: y_i = activation(sum_k(W_ik x_k) + b_i), where a window x has
 * its pixels one after another, each with all its channels. Any thread may use it, also at the same time as others.
 */
public interface WindowProduct {
    /** [nOut, nIn, kernel height, kernel width]. */
    long[] shape();

    /**
     * Computes the outputs of {@code count} windows; what follows them in both memories, up to {@link #STEP} windows, may
     * be read and written, too.
     */
    void apply(Rows windows, Rows outputs, int count);

    /** Memories must have room for a multiple of so many windows. */
    int STEP = 8;

    /**
     * By oneDNN.
     *
     * @param weights [nOut, nIn, kH, kW]; must stay as they are
     * @param bias [nOut], or null
     */
    static WindowProduct of(INDArray weights, INDArray bias, PostOps after) {
        return new ByKernel(weights, bias, after);
    }

    /** By ND4J. */
    static WindowProduct of(INDArray weights, INDArray bias) {
        return new ByNd4j(weights, bias);
    }

    /** The weights as a matrix, a row of them in a window's order for each output. */
    private static INDArray matrix(INDArray weights) {
        long[] s = weights.shape();
        return weights.permute(0, 2, 3, 1).dup('c').reshape('c', s[0], s[1] * s[2] * s[3]);
    }

    /** Kernels for 8, 16, ... windows. */
    final class ByKernel implements WindowProduct {
        private final long[] shape;
        private final Memory weights;
        private final INDArray bias;
        private final PostOps after;
        private final Map<Layout, Memory> laidOut = new ConcurrentHashMap<>();
        private final Map<Integer, Kernel> kernels = new ConcurrentHashMap<>();

        private ByKernel(INDArray weights, INDArray bias, PostOps after) {
            this.shape = weights.shape();
            this.weights = Memory.of(WindowProduct.matrix(weights));
            this.bias = bias == null ? null : bias.dup('c').reshape(bias.length());
            this.after = after;
        }

        @Override
        public long[] shape() {
            return shape;
        }

        @Override
        public void apply(Rows windows, Rows outputs, int count) {
            Kernel kernel = kernels.computeIfAbsent((count + STEP - 1) / STEP * STEP, this::compiled);
            Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
            arguments.put(Argument.SRC, new Memory(kernel.layout(Argument.SRC), windows.array()));
            arguments.put(Argument.WEIGHTS, laidOut.computeIfAbsent(kernel.layout(Argument.WEIGHTS), this::laidOut));
            if (bias != null) {
                arguments.put(Argument.BIAS, Memory.of(bias));
            }
            arguments.put(Argument.DST, new Memory(kernel.layout(Argument.DST), outputs.array()));
            kernel.run(arguments);
        }

        private Kernel compiled(int count) {
            Layout matrix = weights.layout();
            Layout windows = Layout.dense(count, matrix.dims()[1]);
            return new InnerProduct(windows, Layout.any(matrix.dims()), bias != null, Layout.dense(count, shape[0]))
                    .forward(false, after);
        }

        private Memory laidOut(Layout layout) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return Reorder.to(layout, weights);
            }
        }
    }

    /** A matrix product. */
    final class ByNd4j implements WindowProduct {
        private final long[] shape;
        private final INDArray matrix;
        private final INDArray bias;

        private ByNd4j(INDArray weights, INDArray bias) {
            this.shape = weights.shape();
            this.matrix = WindowProduct.matrix(weights);
            this.bias = bias;
        }

        @Override
        public long[] shape() {
            return shape;
        }

        @Override
        public void apply(Rows windows, Rows outputs, int count) {
            INDArray products = matrix(outputs, count, shape[0]);
            Nd4j.gemm(matrix(windows, count, matrix.size(1)), matrix, products, false, true, 1, 0);
            if (bias != null) {
                products.addiRowVector(bias);
            }
        }

        private static INDArray matrix(Rows rows, long height, long width) {
            INDArray all = rows.array();
            return Nd4j.create(all.data(), new long[] {height, width}, new long[] {width, 1}, all.offset(), 'c');
        }
    }
}
