package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;

/**
 * Some kernels of 3x3, their taps, and these in the planes of {@linkplain Winograd Winograd's algorithm}, G g G^T. A tap and a
 * plane have a vector each, with a number for each kernel.
 */
final class WinogradKernels {
    static final int TAPS = 9;

    private final Winograd winograd;
    private final boolean turned;
    private final float[] kernels;
    private final float[][] taps;
    private final float[][] between;
    private final float[][] planes;

    /**
     * @param length kernels at most
     * @param turned whether the first tap is the kernels' last one
     */
    WinogradKernels(Winograd winograd, int length, boolean turned) {
        this.winograd = winograd;
        this.turned = turned;
        kernels = new float[TAPS * length];
        taps = new float[TAPS][length];
        between = new float[winograd.planes()][length];
        planes = new float[winograd.planes()][length];
    }

    /** Reads kernels from the {@code place}th of a buffer on; the first becomes the {@code first}th of these. */
    void readKernels(FloatBuffer from, int place, int first, int count) {
        from.get(place * TAPS, kernels, first * TAPS, count * TAPS);
    }

    void writeKernels(FloatBuffer to, int place, int first, int count) {
        to.put(place * TAPS, kernels, first * TAPS, count * TAPS);
    }

    /** Kernels to taps. */
    void split(int count) {
        for (int t = 0; t < TAPS; t++) {
            float[] tap = tap(t);
            for (int i = 0, k = t; i < count; i++, k += TAPS) {
                tap[i] = kernels[k];
            }
        }
    }

    /** Taps to kernels, or added to what they are. */
    void join(int count, boolean add) {
        for (int t = 0; t < TAPS; t++) {
            float[] tap = tap(t);
            for (int i = 0, k = t; i < count; i++, k += TAPS) {
                kernels[k] = add ? kernels[k] + tap[i] : tap[i];
            }
        }
    }

    private float[] tap(int ofKernel) {
        return taps[turned ? TAPS - 1 - ofKernel : ofKernel];
    }

    /** Reads taps, one after another without gaps. */
    void readTaps(FloatBuffer from, int place, int count) {
        read(taps, from, place, count, count);
    }

    void writeTaps(FloatBuffer to, int place, int count) {
        write(taps, to, place, count, count);
    }

    void readPlanes(FloatBuffer from, int place, int step, int count) {
        read(planes, from, place, step, count);
    }

    /** @param step numbers from one plane to the next */
    void writePlanes(FloatBuffer to, int place, int step, int count) {
        write(planes, to, place, step, count);
    }

    private static void read(float[][] vectors, FloatBuffer from, int place, int step, int count) {
        for (int i = 0; i < vectors.length; i++) {
            from.get(place + i * step, vectors[i], 0, count);
        }
    }

    private static void write(float[][] vectors, FloatBuffer to, int place, int step, int count) {
        for (int i = 0; i < vectors.length; i++) {
            to.put(place + i * step, vectors[i], 0, count);
        }
    }

    /** Taps to planes. */
    void toPlanes(int count) {
        winograd.toKernel().apply(taps, between, planes, count);
    }

    /** The gradient of planes to that of taps. */
    void toTaps(int count) {
        winograd.fromKernel().apply(planes, between, taps, count);
    }
}
