package io.github.dl4jcondconv.kernels;

import java.util.ArrayList;
import java.util.List;

/**
 * Some images of a batch, or some rows of an image: what a thread works on at a time.
 *
 * @param example the first
 * @param row the first
 */
record Part(int example, int examples, int row, int rows) {
    /** Parts for each thread where images are cut: those that finish first can help the others, who may begin late. */
    private static final int SHARES = 8;

    private static final int FEWEST_ROWS = 6;

    /**
     * Cuts a batch.
     *
     * @param rowSize numbers that belong to a row
     * @param most numbers that should belong to a part
     */
    static List<Part> cut(int examples, int height, long rowSize, long most, int threads) {
        long fitting = most / (rowSize * height);
        int images = (int) Math.min(fitting, examples / threads);
        return images > 0
                ? wholeImages(examples, height, images)
                : bands(examples, height, rows(height, most / rowSize, SHARES * threads / examples));
    }

    /** About the same number in each band. Not too few: neighbouring bands read the same rows around them. */
    private static int rows(int height, long fitting, int wantedBands) {
        long needed = height / Math.max(1, fitting) + 1;
        int bands = (int) Math.max(1, Math.min(height / FEWEST_ROWS, Math.max(needed, wantedBands)));
        return (height + bands - 1) / bands;
    }

    private static List<Part> wholeImages(int examples, int height, int images) {
        List<Part> parts = new ArrayList<>();
        for (int n = 0; n < examples; n += images) {
            parts.add(new Part(n, Math.min(images, examples - n), 0, height));
        }
        return parts;
    }

    private static List<Part> bands(int examples, int height, int rows) {
        List<Part> parts = new ArrayList<>();
        for (int n = 0; n < examples; n++) {
            for (int y = 0; y < height; y += rows) {
                parts.add(new Part(n, 1, y, Math.min(rows, height - y)));
            }
        }
        return parts;
    }
}
