package io.github.dl4jcondconv.onednn;

/**
 * Copies between images (N, C, H, W) and rows that have the channels of a pixel side by side: channel c of pixel (n, y, x)
 * at element n * perExample + y * perLine + x * C + c.
 *
 * @param images of which all or fewer examples and image rows are copied
 * @param examples how many
 * @param lines how many rows of each image
 */
public record PixelRows(Layout images, long examples, long lines, long perExample, long perLine) {

    /** SRC are the images from the first pixel copied on, DST the rows. */
    public Kernel toRows() {
        return Kernels.cached(this, "to rows", () -> new Reorder(part(), rows(), PostOps.NONE).kernel());
    }

    /** SRC are the rows, DST the images from the first pixel copied on. */
    public Kernel toImages() {
        return Kernels.cached(this, "to images", () -> new Reorder(rows(), part(), PostOps.NONE).kernel());
    }

    /**
     * Elements of the images before row {@code line} of example {@code example}.
     *
     * @throws IllegalArgumentException if the images do not have so many rows or examples from there on
     */
    public long first(long example, long line) {
        long[] dims = images.dims();
        if (example < 0 || example + examples > dims[0] || line < 0 || line + lines > dims[2]) {
            throw new IllegalArgumentException("oneDNN: " + examples + " examples from " + example + " on and " + lines
                    + " rows from " + line + " on are not all in images " + images);
        }
        return images.start(example, 0, line);
    }

    private Layout part() {
        return images.cropped(examples, images.dims()[1], lines);
    }

    private Layout rows() {
        long[] dims = images.dims();
        return Layout.strided(
                new long[] {examples, dims[1], lines, dims[3]}, new long[] {perExample, 1, perLine, dims[1]});
    }
}
