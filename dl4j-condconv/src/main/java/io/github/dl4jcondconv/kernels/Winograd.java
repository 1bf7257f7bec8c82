package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;

/**
 * Winograd's minimal filtering: Y = A^T ((G g G^T) * (B^T d B)) A for tiles d of (side + 2) x (side + 2) pixels, of which a
 * kernel g of 3x3 makes Y of side x side, with (side + 2)^2 multiplications instead of 9 side^2 (Lavin and Gray, Fast
 * Algorithms for Convolutional Neural Networks, arXiv:1509.09308, section 4). Summed over channels, * is a product of
 * matrices in each of the (side + 2)^2 planes. The gradient of kernels takes the transposed transforms of them and of outputs.
 *
 * @param side pixels that a tile's output has along a side
 * @param toKernel G
 * @param fromKernel G^T
 * @param toInput B^T
 * @param toOutput A^T
 * @param fromOutput A
 */
record Winograd(
        int side,
        TileTransform toKernel,
        TileTransform fromKernel,
        TileTransform toInput,
        TileTransform toOutput,
        TileTransform fromOutput) {
    /** Tiles of 2x2: 16 multiplications instead of 36. */
    static final Winograd F2 = of(0, 1, -1);

    /** Tiles of 4x4: 36 multiplications instead of 144. Of points like 1 and 2 sums would lose more digits. */
    static final Winograd F4 = of(0, 5. / 8, -5. / 8, 3. / 2, -3. / 2);

    /** Of fewer channels the transforms take longer than the products, and small images have parts of tiles only. Measured. */
    private static final int F4_CHANNELS = 32;

    private static final int F4_PIXELS = 400;

    private static final int F2_CHANNELS = 128;
    private static final int F2_PIXELS = 100;

    /**
     * What convolves images (N, nIn, H, W) to (N, nOut, H', W') fastest with a kernel for each example; null where one
     * product of whole kernels and windows does.
     */
    static Winograd fastest(Window window, long[] x, long[] y) {
        long channels = Math.min(x[1], y[1]);
        long pixels = y[2] * y[3];
        if (!isPossible(window) || channels < F4_CHANNELS || pixels < F2_PIXELS) {
            return null;
        }
        if (pixels >= F4_PIXELS) {
            return F4;
        }
        return channels >= F2_CHANNELS ? F2 : null;
    }

    private static boolean isPossible(Window window) {
        return window.isDense3x3() && window.top() <= 2 && window.left() <= 2;
    }

    /** The window by which the gradient of images is a convolution of that of outputs, with kernels turned around. */
    static Window turned(Window dense3x3) {
        return new Window(3, 3, 1, 1, 1, 1, 2 - dense3x3.top(), 2 - dense3x3.left());
    }

    /** By the values of polynomials at some points and at infinity (Toom and Cook). */
    private static Winograd of(double... points) {
        int reach = points.length + 1;
        int side = reach - 2;
        float[][] g = new float[reach][3];
        float[][] b = new float[reach][];
        float[][] a = new float[side][reach];
        for (int i = 0; i < points.length; i++) {
            double scale = 1;
            for (int j = 0; j < points.length; j++) {
                scale *= i == j ? 1 : points[i] - points[j];
            }
            for (int k = 0; k < 3; k++) {
                g[i][k] = (float) (Math.pow(points[i], k) / scale);
            }
            for (int k = 0; k < side; k++) {
                a[k][i] = (float) Math.pow(points[i], k);
            }
            b[i] = polynomial(points, i);
        }
        g[reach - 1][2] = 1;
        a[side - 1][reach - 1] = 1;
        b[reach - 1] = polynomial(points, -1);
        TileTransform toInput = new TileTransform(b);
        TileTransform toOutput = new TileTransform(a);
        TileTransform toKernel = new TileTransform(g);
        return new Winograd(side, toKernel, toKernel.transposed(), toInput, toOutput, toOutput.transposed());
    }

    /** Coefficients of the product of all x - point but one, that of the constant first. */
    private static float[] polynomial(double[] points, int without) {
        double[] product = new double[points.length + 1];
        product[0] = 1;
        for (int i = 0; i < points.length; i++) {
            if (i != without) {
                for (int k = points.length; k >= 0; k--) {
                    product[k] = (k == 0 ? 0 : product[k - 1]) - points[i] * product[k];
                }
            }
        }
        float[] result = new float[product.length];
        for (int k = 0; k < result.length; k++) {
            result[k] = (float) product[k];
        }
        return result;
    }

    /** Pixels that a tile reads along a side. */
    int reach() {
        return side + 2;
    }

    int planes() {
        return reach() * reach();
    }
}
