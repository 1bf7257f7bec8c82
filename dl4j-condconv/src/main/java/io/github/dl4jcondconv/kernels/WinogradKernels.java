package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;

/** Kernels of 3x3 in the planes of {@linkplain Winograd Winograd's algorithm}, G g G^T, and the gradients of g. */
final class WinogradKernels {
    private static final int TAPS = 9;

    /** Kernels at a time: their numbers stay in a core's cache. */
    private static final int SOME = 1 << 10;

    private final Winograd winograd;
    private final int length;
    private final float[] kernels;
    private final float[][] taps;
    private final float[][] between;
    private final float[][] planes;

    private WinogradKernels(Winograd winograd, int kernels) {
        this.winograd = winograd;
        length = Math.min(kernels, SOME);
        this.kernels = new float[TAPS * length];
        taps = new float[TAPS][length];
        between = new float[winograd.planes()][length];
        planes = new float[winograd.planes()][length];
    }

    /**
     * @param kernels [kernels, 9]
     * @param result [planes, kernels], to be overwritten
     */
    static void transform(Winograd winograd, FloatBuffer kernels, FloatBuffer result) {
        int all = kernels.capacity() / TAPS;
        WinogradKernels some = new WinogradKernels(winograd, all);
        for (int from = 0; from < all; from += some.length) {
            some.transform(kernels, result, from, Math.min(some.length, all - from), all);
        }
    }

    /** The gradient of what {@link #transform} was given, of that of what it made. */
    static void gradient(Winograd winograd, FloatBuffer ofResult, FloatBuffer ofKernels) {
        int all = ofKernels.capacity() / TAPS;
        WinogradKernels some = new WinogradKernels(winograd, all);
        for (int from = 0; from < all; from += some.length) {
            some.gradient(ofResult, ofKernels, from, Math.min(some.length, all - from), all);
        }
    }

    private void transform(FloatBuffer given, FloatBuffer result, int from, int count, int all) {
        given.get(from * TAPS, kernels, 0, count * TAPS);
        for (int t = 0; t < TAPS; t++) {
            float[] tap = taps[t];
            for (int i = 0, k = t; i < count; i++, k += TAPS) {
                tap[i] = kernels[k];
            }
        }
        winograd.toKernel().apply(taps, between, planes, count);
        for (int p = 0; p < planes.length; p++) {
            result.put(p * all + from, planes[p], 0, count);
        }
    }

    private void gradient(FloatBuffer given, FloatBuffer result, int from, int count, int all) {
        for (int p = 0; p < planes.length; p++) {
            given.get(p * all + from, planes[p], 0, count);
        }
        winograd.fromKernel().apply(planes, between, taps, count);
        for (int t = 0; t < TAPS; t++) {
            float[] tap = taps[t];
            for (int i = 0, k = t; i < count; i++, k += TAPS) {
                kernels[k] = tap[i];
            }
        }
        result.put(from * TAPS, kernels, 0, count * TAPS);
    }
}
