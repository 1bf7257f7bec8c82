package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Window;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * A convolution computed only at the positions that a mask samples: the windows of the sampled positions are copied one after
 * another, and matrix products take them to outputs. Pairs of numbers are for height and width.
 *
 * <p>Pixels lie side by side with all their channels, zeros around the image, so that a line of a window is one copy.
 * Each thread works on a part of the batch that stays in its cache, from reading the image to the products.
 *
 * @param kernel size of the window
 * @param stride distance of neighbouring windows
 * @param zerosBefore zeros above and left of the image; as many as windows reach follow below and right
 * @param dilation distance of neighbouring pixels of a window
 */
public record SparseConvolution(int[] kernel, int[] stride, int[] zerosBefore, int[] dilation) {
    /** Numbers of a part's image, and of the windows of one product. Measured on cores with 1 MiB of cache each. */
    private static final int IMAGE = 1 << 17;

    private static final int WINDOWS = 1 << 17;
    private static final int FEWEST_WINDOWS = 128;

    /** With the window of a dense convolution. */
    public static SparseConvolution of(Window w) {
        return new SparseConvolution(
                pair(w.height(), w.width()),
                pair(w.strideH(), w.strideW()),
                pair(w.top(), w.left()),
                pair(w.dilationH(), w.dilationW()));
    }

    private static int[] pair(long height, long width) {
        return new int[] {Math.toIntExact(height), Math.toIntExact(width)};
    }

    /**
     * @param image (N, nIn, H, W)
     * @param output receives the outputs at its positions
     */
    public void apply(Pixels image, WindowProduct product, SampledRows output) {
        SampledPositions sampled = output.sampled();
        Shapes shapes = new Shapes(image.shape(), output, this);
        FloatBuffer results = output.numbers();
        List<Part> parts =
                Part.cut(sampled.examples(), sampled.height(), (long) shapes.line * stride[0], IMAGE, OneDnn.threads());
        Workers.run(parts.size(), i -> new Worker(shapes, parts.get(i), sampled, product).run(image, results));
    }

    /** Sizes that are the same for all parts. */
    private static final class Shapes {
        final SparseConvolution convolution;
        final int nIn;
        final int nOut;
        final int height;
        /** Numbers of an image's row with its zeros. */
        final int line;
        /** The same left and right of the image. */
        final int left;

        final int right;

        Shapes(long[] image, SampledRows output, SparseConvolution convolution) {
            this.convolution = convolution;
            nIn = Math.toIntExact(image[1]);
            nOut = output.channels();
            height = Math.toIntExact(image[2]);
            long reach = (output.sampled().width() - 1L) * convolution.stride[1] + convolution.extent(1);
            long width = Math.max(reach, convolution.zerosBefore[1] + image[3]);
            line = Math.toIntExact(width * nIn);
            left = convolution.zerosBefore[1] * nIn;
            right = Math.toIntExact(line - left - image[3] * nIn);
        }
    }

    private int extent(int axis) {
        return (kernel[axis] - 1) * dilation[axis] + 1;
    }

    /** Copies that make a window: lines, or single pixels where the window skips some. */
    private int[] copies(Shapes shapes) {
        int perLine = dilation[1] == 1 ? 1 : kernel[1];
        int[] offsets = new int[kernel[0] * perLine];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = i / perLine * dilation[0] * shapes.line + i % perLine * dilation[1] * shapes.nIn;
        }
        return offsets;
    }

    /** Computes a part. */
    private final class Worker {
        private final Shapes shapes;
        private final Part part;
        private final SampledPositions sampled;
        private final WindowProduct product;
        /** Rows of the image that the part's windows see, of each example. */
        private final int lines;

        /** The number of the first position. */
        private final int first;
        /** Where the windows begin. */
        private final int[] sources;

        Worker(Shapes shapes, Part part, SampledPositions sampled, WindowProduct product) {
            this.shapes = shapes;
            this.part = part;
            this.sampled = sampled;
            this.product = product;
            lines = (part.rows() - 1) * stride[0] + extent(0);
            first = sampled.start(part.example(), part.row());
            int end = sampled.start(part.example() + part.examples() - 1, part.row() + part.rows());
            sources = new int[end - first];
        }

        void run(Pixels image, FloatBuffer results) {
            if (sources.length > 0) {
                locate();
                compute(padded(image), results);
            }
        }

        private void locate() {
            int i = 0;
            for (int n = 0; n < part.examples(); n++) {
                for (int y = 0; y < part.rows(); y++) {
                    int line = (n * lines + y * stride[0]) * shapes.line;
                    int end = sampled.start(part.example() + n, part.row() + y + 1);
                    for (int k = sampled.start(part.example() + n, part.row() + y); k < end; k++) {
                        sources[i++] = line + sampled.columns()[k] * stride[1] * shapes.nIn;
                    }
                }
            }
        }

        /** The image with zeros around it, as far as windows see it. */
        private Rows padded(Pixels image) {
            Rows rows = Rows.of(Rows.Use.IMAGE, (long) part.examples() * lines * shapes.line);
            int above = part.row() * stride[0] - zerosBefore[0];
            int from = Math.min(Math.max(0, above), shapes.height);
            int to = Math.max(from, Math.min(shapes.height, above + lines));
            for (int n = 0; n < part.examples(); n++) {
                int start = n * lines * shapes.line;
                rows.clear(start, start + (from - above) * shapes.line + shapes.left);
                for (int y = from - above; y < to - above; y++) {
                    int end = start + (y + 1) * shapes.line;
                    rows.clear(end - shapes.right, y + 1 < to - above ? end + shapes.left : end);
                }
                rows.clear(start + (to - above) * shapes.line, start + lines * shapes.line);
            }
            if (from < to) {
                Part seen = new Part(part.example(), part.examples(), from, to - from);
                long first = (long) (from - above) * shapes.line + shapes.left;
                image.read(seen, rows, new Pixels.Place(first, (long) lines * shapes.line, shapes.line));
            }
            return rows;
        }

        private void compute(Rows image, FloatBuffer results) {
            int window = shapes.nIn * kernel[0] * kernel[1];
            int chunk = Math.max(FEWEST_WINDOWS, WINDOWS / window / WindowProduct.STEP * WindowProduct.STEP);
            Rows windows = Rows.of(Rows.Use.WINDOWS, (long) chunk * window);
            Rows products = Rows.of(Rows.Use.PRODUCTS, (long) chunk * shapes.nOut);
            int[] copies = copies(shapes);
            for (int from = 0; from < sources.length; from += chunk) {
                int count = Math.min(chunk, sources.length - from);
                gather(image.numbers(), copies, windows.numbers(), from, count);
                product.apply(windows, products, count);
                results.put((first + from) * shapes.nOut, products.numbers(), 0, count * shapes.nOut);
            }
        }

        private void gather(FloatBuffer image, int[] copies, FloatBuffer windows, int from, int count) {
            int length = shapes.nIn * kernel[0] * kernel[1] / copies.length;
            int target = 0;
            for (int i = from; i < from + count; i++) {
                for (int copy : copies) {
                    windows.put(target, image, sources[i] + copy, length);
                    target += length;
                }
            }
        }
    }
}
