package io.github.dl4jcondconv.fusion;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution as a value: a kernel [nOut, nIn, kH, kW] and a bias [nOut]. Immutable, and in double precision whatever
 * the network's type: folding rounds once, when {@link #kernel(DataType)} and {@link #bias(DataType)} cast the result.
 *
 * <p>With G groups (depthwise: G = the layer's input channels), nIn is the number of input channels of one group.
 */
public final class KernelBias {
    private final int nOut;
    private final int nIn;
    private final int kH;
    private final int kW;
    private final double[] kernel;
    private final double[] bias;

    private KernelBias(int nOut, int nIn, int kH, int kW, double[] kernel, double[] bias) {
        this.nOut = nOut;
        this.nIn = nIn;
        this.kH = kH;
        this.kW = kW;
        this.kernel = kernel;
        this.bias = bias;
    }

    /**
     * @param kernel [nOut, nIn, kH, kW]
     * @param bias nOut elements, or null for none
     * @throws IllegalArgumentException if the kernel is not of rank 4 or the bias does not have nOut elements
     */
    public static KernelBias of(INDArray kernel, INDArray bias) {
        if (kernel.rank() != 4) {
            throw new IllegalArgumentException(
                    "a kernel is [nOut, nIn, kH, kW], this has shape " + Arrays.toString(kernel.shape()));
        }
        int nOut = (int) kernel.size(0);
        double[] b = bias == null ? new double[nOut] : ChannelAffine.toDoubles(bias);
        if (b.length != nOut) {
            throw new IllegalArgumentException(
                    "a kernel of " + nOut + " output channels has a bias of " + b.length + " elements");
        }
        return new KernelBias(
                nOut,
                (int) kernel.size(1),
                (int) kernel.size(2),
                (int) kernel.size(3),
                ChannelAffine.toDoubles(kernel),
                b);
    }

    /** The 1 x 1 convolution that changes nothing. */
    public static KernelBias identity(int channels) {
        return averaging(channels, 1, 1);
    }

    /** The convolution that averages every channel over a kH x kW window, padded zeros counted. */
    public static KernelBias averaging(int channels, int kH, int kW) {
        int window = kH * kW;
        double[] kernel = new double[channels * channels * window];
        for (int c = 0; c < channels; c++) {
            int from = (c * channels + c) * window;
            Arrays.fill(kernel, from, from + window, 1.0 / window);
        }
        return new KernelBias(channels, channels, kH, kW, kernel, new double[channels]);
    }

    /**
     * This convolution followed by a BatchNormalization with running statistics: with s = gamma / sqrt(var + eps),
     * the kernel becomes s W and the bias beta + (b - mean) s. Exact for any stride, padding and dilation.
     */
    public KernelBias fold(INDArray gamma, INDArray beta, INDArray mean, INDArray var, double eps) {
        return then(ChannelAffine.batchNormalization(gamma, beta, mean, var, eps));
    }

    /** This convolution, then a map of its output channels. Exact for any stride, padding and dilation. */
    public KernelBias then(ChannelAffine map) {
        map.requireChannels(nOut);
        double[] k = kernel.clone();
        double[] b = bias.clone();
        int filter = nIn * kH * kW;
        for (int o = 0; o < nOut; o++) {
            for (int i = o * filter; i < (o + 1) * filter; i++) {
                k[i] *= map.scale(o);
            }
            b[o] = b[o] * map.scale(o) + map.shift(o);
        }
        return new KernelBias(nOut, nIn, kH, kW, k, b);
    }

    /**
     * A map of the input channels, then this convolution. Exact where the convolution sees no padding, or where the map
     * keeps zero.
     *
     * @param map over all input channels of the layer; a multiple G of nIn means G groups
     */
    public KernelBias after(ChannelAffine map) {
        if (map.channels() % nIn != 0 || nOut % (map.channels() / nIn) != 0) {
            throw new IllegalArgumentException("a map of " + map.channels()
                    + " channels cannot come before a kernel of " + nIn + " input and " + nOut + " output channels");
        }
        int outputsOfGroup = nOut / (map.channels() / nIn);
        int window = kH * kW;
        double[] k = kernel.clone();
        double[] b = bias.clone();
        for (int o = 0; o < nOut; o++) {
            for (int i = 0; i < nIn; i++) {
                int channel = o / outputsOfGroup * nIn + i;
                int from = (o * nIn + i) * window;
                for (int w = from; w < from + window; w++) {
                    b[o] += k[w] * map.shift(channel);
                    k[w] *= map.scale(channel);
                }
            }
        }
        return new KernelBias(nOut, nIn, kH, kW, k, b);
    }

    /**
     * The sum of two convolutions of the same input whose kernels have the same size: bring the smaller one to it with
     * {@link #padTo}.
     *
     * @throws IllegalArgumentException if the shapes differ
     */
    public KernelBias plus(KernelBias other) {
        if (!Arrays.equals(shape(), other.shape())) {
            throw new IllegalArgumentException("kernels " + Arrays.toString(shape()) + " and "
                    + Arrays.toString(other.shape()) + " cannot be added: pad the smaller one first");
        }
        return new KernelBias(nOut, nIn, kH, kW, sum(kernel, other.kernel), sum(bias, other.bias));
    }

    /**
     * The same convolution with zeros around its kernel, centre on centre.
     *
     * @throws IllegalArgumentException if the new size is smaller or does not leave as much on each side
     */
    public KernelBias padTo(int height, int width) {
        if (height < kH || width < kW || (height - kH) % 2 != 0 || (width - kW) % 2 != 0) {
            throw new IllegalArgumentException(
                    "a kernel of " + kH + "x" + kW + " has no place at the centre of " + height + "x" + width);
        }
        int top = (height - kH) / 2;
        int left = (width - kW) / 2;
        double[] k = new double[nOut * nIn * height * width];
        for (int plane = 0; plane < nOut * nIn; plane++) {
            for (int row = 0; row < kH; row++) {
                System.arraycopy(kernel, (plane * kH + row) * kW, k, (plane * height + top + row) * width + left, kW);
            }
        }
        return new KernelBias(nOut, nIn, height, width, k, bias);
    }

    /**
     * This convolution, then {@code next}, where one of the two is 1 x 1: the kernel of the other's size with
     * W[o, i] = sum_m next[o, m] * this[m, i], and the bias of this seen through {@code next}. Exact where {@code next}
     * sees no padding, or where this has no bias.
     *
     * @throws IllegalArgumentException if neither is 1 x 1 or the channels do not meet
     */
    public KernelBias then(KernelBias next) {
        if (next.nIn != nOut || (kH * kW != 1 && next.kH * next.kW != 1)) {
            throw new IllegalArgumentException("kernels " + Arrays.toString(shape()) + " and "
                    + Arrays.toString(next.shape()) + " do not compose into one");
        }
        int height = Math.max(kH, next.kH);
        int width = Math.max(kW, next.kW);
        int window = height * width;
        int mineStep = kH * kW == 1 ? 0 : 1;
        int nextStep = next.kH * next.kW == 1 ? 0 : 1;
        double[] k = new double[next.nOut * nIn * window];
        double[] b = next.bias.clone();
        for (int o = 0; o < next.nOut; o++) {
            for (int m = 0; m < nOut; m++) {
                int theirs = (o * nOut + m) * next.kH * next.kW;
                for (int i = 0; i < nIn; i++) {
                    int mine = (m * nIn + i) * kH * kW;
                    for (int w = 0; w < window; w++) {
                        k[(o * nIn + i) * window + w] +=
                                next.kernel[theirs + w * nextStep] * kernel[mine + w * mineStep];
                    }
                }
                for (int w = 0; w < next.kH * next.kW; w++) {
                    b[o] += next.kernel[theirs + w] * bias[m];
                }
            }
        }
        return new KernelBias(next.nOut, nIn, height, width, k, b);
    }

    /** Whether the bias is zero in every channel. */
    public boolean hasNoBias() {
        return Arrays.stream(bias).allMatch(b -> b == 0);
    }

    /** Number of places in the window, kH kW. */
    public int taps() {
        return kH * kW;
    }

    /** Number of weights, nOut nIn kH kW. */
    public long weights() {
        return kernel.length;
    }

    /** Whether the numbers of input and output channels are those of another convolution. */
    public boolean hasChannelsOf(KernelBias other) {
        return nOut == other.nOut && nIn == other.nIn;
    }

    /** [nOut, nIn, kH, kW]. */
    public int[] shape() {
        return new int[] {nOut, nIn, kH, kW};
    }

    /** The kernel [nOut, nIn, kH, kW] as a new array of the given type. */
    public INDArray kernel(DataType type) {
        return Nd4j.createFromArray(kernel).reshape('c', nOut, nIn, kH, kW).castTo(type);
    }

    /** The bias [nOut] as a new array of the given type. */
    public INDArray bias(DataType type) {
        return Nd4j.createFromArray(bias).castTo(type);
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }
}
