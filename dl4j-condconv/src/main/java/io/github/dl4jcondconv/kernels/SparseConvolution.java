package io.github.dl4jcondconv.kernels;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution computed only at the positions that a mask samples. It equals the dense convolution times (mask &gt; 0):
 * the windows of the sampled positions are gathered as columns, and matrix products take them to outputs. Pairs of
 * numbers are for height and width.
 *
 * @param kernel size of the window
 * @param stride distance of neighbouring windows
 * @param zerosBefore zeros above and left of the image; as many as windows reach follow below and right
 * @param dilation distance of neighbouring pixels of a window
 */
public record SparseConvolution(int[] kernel, int[] stride, int[] zerosBefore, int[] dilation) {
    /** Positions of one matrix product: enough to keep BLAS busy, few enough to need little memory. */
    private static final int CHUNK = 128;

    private static final int OUTSIDE = -1;

    /**
     * @param image [N, nIn, H, W], FLOAT
     * @param mask [N, 1, H', W'], whose size makes the output's
     * @param weights [nOut, nIn, kernel height, kernel width]
     * @param bias [nOut], or null
     * @return [N, nOut, H', W']
     */
    public INDArray apply(INDArray image, INDArray mask, INDArray weights, INDArray bias) {
        Planes in = Planes.of(image);
        Planes where = Planes.of(mask);
        int nOut = (int) weights.size(0);
        Planes out = Planes.zeros(in.examples(), nOut, where.height(), where.width());
        float[] offsets = bias == null ? new float[nOut] : Planes.floats(bias);
        int[] sampled = sampled(where);

        int window = in.channels() * kernel[0] * kernel[1];
        // All in f order: the layout that BLAS takes without a copy
        INDArray matrix = weights.dup('c').reshape('c', nOut, window).transpose();
        INDArray columns = Nd4j.createUninitialized(DataType.FLOAT, new long[] {CHUNK, window}, 'f');
        INDArray products = Nd4j.createUninitialized(DataType.FLOAT, new long[] {CHUNK, nOut}, 'f');
        float[] gathered = new float[CHUNK * window];
        float[] results = new float[CHUNK * nOut];
        for (int from = 0; from < sampled.length; from += CHUNK) {
            int count = Math.min(CHUNK, sampled.length - from);
            gather(in, where, sampled, from, count, gathered);
            Planes.write(gathered, columns);
            Nd4j.gemm(columns, matrix, products, false, false, 1, 0);
            Planes.read(products, results);
            scatter(results, offsets, sampled, from, count, out);
        }
        return out.toArray();
    }

    /** The positions above 0, counted through all examples. */
    private static int[] sampled(Planes mask) {
        return IntStream.range(0, mask.values().length)
                .filter(i -> mask.values()[i] > 0)
                .toArray();
    }

    /** Fills [window pixel, position]. */
    private void gather(Planes in, Planes mask, int[] sampled, int from, int count, float[] gathered) {
        int[] sources = new int[count];
        int taps = kernel[0] * kernel[1];
        for (int tap = 0; tap < taps; tap++) {
            for (int j = 0; j < count; j++) {
                sources[j] = source(in, mask, sampled[from + j], tap);
            }
            for (int c = 0; c < in.channels(); c++) {
                int row = (c * taps + tap) * CHUNK;
                int plane = c * in.plane();
                for (int j = 0; j < count; j++) {
                    gathered[row + j] = sources[j] == OUTSIDE ? 0 : in.values()[sources[j] + plane];
                }
            }
        }
    }

    /** Where in the first channel of its example a position's window has its pixel {@code tap}. */
    private int source(Planes in, Planes mask, int position, int tap) {
        int example = position / mask.plane();
        int row = position % mask.plane() / mask.width();
        int column = position % mask.width();
        int y = row * stride[0] - zerosBefore[0] + tap / kernel[1] * dilation[0];
        int x = column * stride[1] - zerosBefore[1] + tap % kernel[1] * dilation[1];
        boolean inside = y >= 0 && y < in.height() && x >= 0 && x < in.width();
        return inside ? example * in.channels() * in.plane() + y * in.width() + x : OUTSIDE;
    }

    /** Takes [nOut, position] to where the positions are. */
    private static void scatter(float[] results, float[] offsets, int[] sampled, int from, int count, Planes out) {
        for (int o = 0; o < out.channels(); o++) {
            for (int j = 0; j < count; j++) {
                int position = sampled[from + j];
                int example = position / out.plane();
                int target = (example * out.channels() + o) * out.plane() + position % out.plane();
                out.values()[target] = results[o * CHUNK + j] + offsets[o];
            }
        }
    }
}
