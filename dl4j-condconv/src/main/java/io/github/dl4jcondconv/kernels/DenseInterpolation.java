package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Binary;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The interpolation of {@link SparseInterpolation} by oneDNN, with depthwise convolutions of all positions: their cost does
 * not depend on the mask.
 *
 * <pre>
 * y = m x + (1 - m) / (w * m + eps) (w * (m x))
 * </pre>
 *
 * Threads share the work by blocks of channels, the unit in which oneDNN computes them. What is the same for all channels
 * is kept once for each channel of a block, so that a product of all blocks with it is one operation. Any thread may use
 * it, also at the same time as others.
 */
public final class DenseInterpolation {
    /** Numbers of the channels that a thread works on at a time. Measured on cores with 1 MiB of cache each. */
    private static final long GROUP = 1 << 17;

    private static final PostOps ADD = new PostOps(true, null);

    private final float[] weights;
    private final double eps;
    private final int side;
    private final int block = OneDnn.channelBlock();
    private final Map<Layout, Memory> laidOut = new ConcurrentHashMap<>();

    /**
     * @param weights w, row by row of a square window of odd side; empty for y = m x
     * @param eps see above
     */
    public DenseInterpolation(float[] weights, double eps) {
        this.weights = weights.clone();
        this.eps = eps;
        side = (int) Math.sqrt(weights.length);
    }

    /**
     * @param features (N, C, H, W)
     * @param sampled positions of the features
     * @param output (N, C, H, W); may be the features
     */
    public void apply(Memory features, SampledPositions sampled, Memory output) {
        Call call = new Call(features, sampled, output);
        Workers.run(sampled.examples(), call::prepare);
        Workers.run(sampled.examples() * call.groups, call::fill);
    }

    /** One computation. */
    private final class Call {
        private final Memory features;
        private final SampledPositions sampled;
        private final Memory output;
        private final int height;
        private final int width;
        private final int pixels;
        private final int channels;
        /** Channels of a group, whole blocks. */
        private final int most;

        private final int groups;
        /** m of each position, for each channel of a block. */
        private final Rows shares;
        /** What to multiply w * (m x) by, in the same places. */
        private final Rows factors;

        Call(Memory features, SampledPositions sampled, Memory output) {
            this.features = features;
            this.sampled = sampled;
            this.output = output;
            height = sampled.height();
            width = sampled.width();
            pixels = height * width;
            channels = (int) features.layout().dims()[1];
            most = (int) Math.max(1, GROUP / pixels / block) * block;
            groups = (channels + most - 1) / most;
            long size = (long) sampled.examples() * pixels * block;
            shares = Rows.of(Rows.Use.SHARES, size);
            factors = Rows.of(Rows.Use.FACTORS, size);
        }

        /** Shares and factors of an example. */
        void prepare(int example) {
            int first = example * pixels;
            float[] side = new float[block];
            for (int i = first; i < first + pixels; i++) {
                put(shares.numbers(), i, sampled.mask()[i], side);
            }
            if (weights.length == 0) {
                return;
            }
            Rows sums = Rows.of(Rows.Use.PRODUCTS, (long) pixels * block);
            convolve(new Memory(images(block), shares.array(), (long) first * block), sums, block);
            for (int i = 0; i < pixels; i++) {
                double sum = sums.numbers().get(i * block) + eps;
                put(factors.numbers(), first + i, (float) ((1 - sampled.mask()[first + i]) / sum), side);
            }
        }

        private void put(FloatBuffer target, int position, float value, float[] side) {
            Arrays.fill(side, value);
            target.put(position * block, side, 0, block);
        }

        /** Computes a group of channels of an example. */
        void fill(int task) {
            int example = task / groups;
            int from = task % groups * most;
            int real = Math.min(most, channels - from);
            int filledUp = (real + block - 1) / block * block;
            Rows kept = Rows.of(Rows.Use.IMAGE, (long) filledUp * pixels);
            Memory images = new Memory(images(real), kept.array());
            Reorder.copy(part(features, example, from, real), images);
            Memory table = new Memory(Layout.dense(filledUp / block, (long) block * pixels), kept.array());
            multiply(table, shares, example, PostOps.NONE, table);
            if (weights.length > 0) {
                Rows sums = Rows.of(Rows.Use.OUTPUT, (long) filledUp * pixels);
                convolve(new Memory(images(filledUp), kept.array()), sums, filledUp);
                multiply(new Memory(table.layout(), sums.array()), factors, example, ADD, table);
            }
            Reorder.copy(images, part(output, example, from, real));
        }

        private Layout images(long channels) {
            return Layout.blocked(1, channels, height, width);
        }

        private Memory part(Memory images, int example, int from, int real) {
            Layout layout = images.layout();
            return new Memory(
                    layout.cropped(1, real, height), images.array(), images.first() + layout.start(example, from, 0));
        }

        /** Blocks times what is the same for all of them. */
        private void multiply(Memory blocks, Rows by, int example, PostOps after, Memory result) {
            Layout row = Layout.dense(1, (long) block * pixels);
            Memory factor = new Memory(row, by.array(), (long) example * pixels * block);
            new Binary(Binary.Operation.MULTIPLY, blocks.layout(), row)
                    .kernel(after)
                    .run(Map.of(SRC, blocks, SRC_1, factor, DST, result));
        }

        /** w * x of every channel. */
        private void convolve(Memory x, Rows sums, int channels) {
            Window window = new Window(side, side, 1, 1, 1, 1, side / 2, side / 2);
            Layout kernels = Layout.any(channels, 1, 1, side, side);
            Kernel kernel = new Convolution(x.layout(), kernels, false, x.layout(), window).forward(true, PostOps.NONE);
            Memory laid = laidOut.computeIfAbsent(kernel.layout(WEIGHTS), layout -> laidOut(layout, channels));
            kernel.run(Map.of(SRC, x, WEIGHTS, laid, DST, new Memory(x.layout(), sums.array())));
        }
    }

    /** The window once for each channel. */
    private Memory laidOut(Layout layout, int channels) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            float[] repeated = new float[channels * weights.length];
            for (int c = 0; c < channels; c++) {
                System.arraycopy(weights, 0, repeated, c * weights.length, weights.length);
            }
            INDArray kernels = Nd4j.createFromArray(repeated).reshape(channels, 1, 1, side, side);
            return Reorder.to(layout, kernels);
        }
    }
}
