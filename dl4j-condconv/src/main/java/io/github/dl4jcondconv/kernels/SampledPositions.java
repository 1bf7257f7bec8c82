package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Floats;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mask and the positions that it samples, those above 0.
 *
 * @param mask 0 to 1, row by row, example after example
 * @param starts for each row of all examples, how many positions are sampled before it; at the end, how many in all
 * @param columns of the sampled positions, row by row
 */
public record SampledPositions(int examples, int height, int width, float[] mask, int[] starts, int[] columns) {

    /** Reads a FLOAT mask [N, 1, H, W]. */
    public static SampledPositions of(INDArray mask) {
        int examples = (int) mask.size(0);
        int height = (int) mask.size(2);
        int width = (int) mask.size(3);
        float[] values = Floats.values(mask);
        int[] starts = new int[examples * height + 1];
        int[] columns = new int[values.length + 1];
        int count = 0;
        for (int row = 0; row < examples * height; row++) {
            for (int x = 0; x < width; x++) {
                columns[count] = x;
                count += values[row * width + x] > 0 ? 1 : 0;
            }
            starts[row + 1] = count;
        }
        return new SampledPositions(examples, height, width, values, starts, columns);
    }

    /** How many positions are sampled. */
    public int count() {
        return starts[examples * height];
    }

    /** The share of positions that are sampled. */
    public double density() {
        return (double) count() / mask.length;
    }

    /** Whether every position is sampled, with all its share. */
    public boolean isAll() {
        for (float share : mask) {
            if (share != 1) {
                return false;
            }
        }
        return true;
    }

    /** The same with a share of 1 wherever something is sampled. */
    public SampledPositions binary() {
        float[] shares = mask.clone();
        for (int i = 0; i < shares.length; i++) {
            shares[i] = shares[i] > 0 ? 1 : 0;
        }
        return new SampledPositions(examples, height, width, shares, starts, columns);
    }

    /** The number of the first position sampled in a row of an example, or of the next one after it. */
    int start(int example, int row) {
        return starts[example * height + row];
    }

    /** The number of the first position sampled in a row from a column on, or of the next one after the row. */
    int start(int example, int row, int column) {
        int from = start(example, row);
        int found = Arrays.binarySearch(columns, from, start(example, row + 1), column);
        return found < 0 ? -found - 1 : found;
    }

    float share(int example, int row, int column) {
        return mask[(example * height + row) * width + column];
    }
}
