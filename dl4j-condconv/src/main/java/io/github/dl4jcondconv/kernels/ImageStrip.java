package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;

/**
 * Samples in some columns of a part of an image, and in some rows and columns around: those of each row from left to right,
 * then those of the next row. Rows outside the image have none.
 */
final class ImageStrip {
    private final int[] starts;
    private final int[] columns;
    private final float[] shares;

    /**
     * @param part of one example; its first row is row 0
     * @param left column of the image that is column 0
     * @param width columns
     * @param reach rows and columns around
     * @param features receives a row of C numbers for each sample, and one of zeros after the last
     */
    ImageStrip(SampledRows samples, FloatBuffer numbers, Part part, int left, int width, int reach, Rows features) {
        SampledPositions sampled = samples.sampled();
        int rows = part.rows() + 2 * reach;
        int most = rows * (width + 2 * reach);
        starts = new int[rows + 1];
        columns = new int[most];
        shares = new float[most];
        int channels = samples.channels();
        for (int row = 0; row < rows; row++) {
            int y = part.row() + row - reach;
            int count = starts[row];
            if (y >= 0 && y < sampled.height()) {
                int first = sampled.start(part.example(), y, left - reach);
                int end = sampled.start(part.example(), y, left + width + reach);
                for (int k = first; k < end; k++, count++) {
                    columns[count] = sampled.columns()[k] - left;
                    shares[count] = sampled.share(part.example(), y, sampled.columns()[k]);
                }
                features.numbers().put(starts[row] * channels, numbers, first * channels, (end - first) * channels);
            }
            starts[row + 1] = count;
        }
        features.clear(end() * channels, (end() + 1) * channels);
    }

    /** The number of the first sample of a row; row 0 is {@code reach} rows above the part. */
    int start(int row) {
        return starts[row];
    }

    /** The column of a sample; below 0 left of the strip. */
    int column(int sample) {
        return columns[sample];
    }

    /** The mask at a sample. */
    float share(int sample) {
        return shares[sample];
    }

    /** How many samples there are. */
    int end() {
        return starts[starts.length - 1];
    }
}
