package io.github.dl4jcondconv.onednn;

/**
 * A window that slides over the rows and columns of images.
 *
 * @param height taps along a column
 * @param width taps along a row
 * @param strideH distance of neighbouring windows
 * @param strideW distance of neighbouring windows
 * @param dilationH distance of neighbouring taps, 1 for adjacent ones
 * @param dilationW distance of neighbouring taps, 1 for adjacent ones
 * @param top zeros above the image
 * @param left zeros left of the image
 */
public record Window(
        long height, long width, long strideH, long strideW, long dilationH, long dilationW, long top, long left) {

    /** Whether it is of 3x3 neighbouring pixels and moves by one: what Winograd's algorithm computes. */
    public boolean isDense3x3() {
        return height == 3 && width == 3 && strideH == 1 && strideW == 1 && dilationH == 1 && dilationW == 1;
    }

    /** Whether every window is a pixel, and every pixel one. */
    public boolean isPixel() {
        return height == 1 && width == 1 && strideH == 1 && strideW == 1 && top == 0 && left == 0;
    }

    long[] size() {
        return new long[] {height, width};
    }

    long[] strides() {
        return new long[] {strideH, strideW};
    }

    /** As oneDNN counts it: pixels left out between taps. */
    long[] dilation() {
        return new long[] {dilationH - 1, dilationW - 1};
    }

    long[] paddingBefore() {
        return new long[] {top, left};
    }

    /**
     * Zeros below and right of images, negative where the last windows do not reach their end.
     *
     * @param many the larger images, of which windows are taken
     * @param few one pixel for each window
     */
    long[] paddingAfter(Layout many, Layout few) {
        return new long[] {
            (few.dims()[2] - 1) * strideH + (height - 1) * dilationH + 1 - many.dims()[2] - top,
            (few.dims()[3] - 1) * strideW + (width - 1) * dilationW + 1 - many.dims()[3] - left
        };
    }
}
