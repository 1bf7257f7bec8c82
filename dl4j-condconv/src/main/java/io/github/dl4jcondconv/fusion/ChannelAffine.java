package io.github.dl4jcondconv.fusion;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An affine map of every channel on its own, y_c = scale_c x_c + shift_c: what a BatchNormalization is at inference.
 * Immutable; in double precision.
 */
public final class ChannelAffine {
    private final double[] scale;
    private final double[] shift;

    private ChannelAffine(double[] scale, double[] shift) {
        this.scale = scale;
        this.shift = shift;
    }

    /**
     * @param scale one factor a channel
     * @param shift one offset a channel
     * @throws IllegalArgumentException if the lengths differ
     */
    public static ChannelAffine of(double[] scale, double[] shift) {
        if (scale.length != shift.length) {
            throw new IllegalArgumentException("scale has " + scale.length + " channels, shift " + shift.length);
        }
        return new ChannelAffine(scale.clone(), shift.clone());
    }

    /** The same factor and offset for each of {@code channels} channels. */
    public static ChannelAffine uniform(int channels, double scale, double shift) {
        double[] scales = new double[channels];
        double[] shifts = new double[channels];
        Arrays.fill(scales, scale);
        Arrays.fill(shifts, shift);
        return new ChannelAffine(scales, shifts);
    }

    /**
     * BatchNormalization with running statistics, gamma (x - mean) / sqrt(var + eps) + beta: the scale is
     * s = gamma / sqrt(var + eps), the shift beta - mean s.
     *
     * @param gamma a vector of C elements of any shape and floating point type, as are beta, mean and var
     * @param eps what is added to the variance
     * @throws IllegalArgumentException if the lengths differ or a variance plus eps is not positive
     */
    public static ChannelAffine batchNormalization(
            INDArray gamma, INDArray beta, INDArray mean, INDArray var, double eps) {
        double[] g = toDoubles(gamma);
        double[] b = toDoubles(beta);
        double[] m = toDoubles(mean);
        double[] v = toDoubles(var);
        if (g.length != v.length || b.length != v.length || m.length != v.length) {
            throw new IllegalArgumentException("gamma, beta, mean and variance have " + g.length + ", " + b.length
                    + ", " + m.length + " and " + v.length + " channels");
        }
        double[] scale = new double[v.length];
        double[] shift = new double[v.length];
        for (int c = 0; c < v.length; c++) {
            if (!(v[c] + eps > 0)) {
                throw new IllegalArgumentException(
                        "variance " + v[c] + " of channel " + c + " plus eps " + eps + " is not positive");
            }
            scale[c] = g[c] / Math.sqrt(v[c] + eps);
            shift[c] = b[c] - m[c] * scale[c];
        }
        return new ChannelAffine(scale, shift);
    }

    /** This map, then {@code next}. */
    public ChannelAffine then(ChannelAffine next) {
        requireChannels(next.channels());
        double[] scales = new double[channels()];
        double[] shifts = new double[channels()];
        for (int c = 0; c < scales.length; c++) {
            scales[c] = next.scale[c] * scale[c];
            shifts[c] = next.scale[c] * shift[c] + next.shift[c];
        }
        return new ChannelAffine(scales, shifts);
    }

    /** This map for the channels in the middle of others that stay as they are. */
    ChannelAffine amid(int before, int after) {
        ChannelAffine all = uniform(before + channels() + after, 1, 0);
        System.arraycopy(scale, 0, all.scale, before, channels());
        System.arraycopy(shift, 0, all.shift, before, channels());
        return all;
    }

    /** This map for some of the channels. */
    ChannelAffine part(int from, int count) {
        return new ChannelAffine(
                Arrays.copyOfRange(scale, from, from + count), Arrays.copyOfRange(shift, from, from + count));
    }

    /** Number of channels. */
    public int channels() {
        return scale.length;
    }

    /** The factors of all channels. */
    double[] scales() {
        return scale.clone();
    }

    /** The offsets of all channels. */
    double[] shifts() {
        return shift.clone();
    }

    /** The factor of channel {@code c}. */
    public double scale(int c) {
        return scale[c];
    }

    /** The offset of channel {@code c}. */
    public double shift(int c) {
        return shift[c];
    }

    /** Whether zero is mapped to zero in every channel, so that zero padding may come before or after. */
    public boolean keepsZero() {
        return Arrays.stream(shift).allMatch(s -> s == 0);
    }

    void requireChannels(int expected) {
        if (channels() != expected) {
            throw new IllegalArgumentException("a map of " + channels() + " channels meets " + expected + " channels");
        }
    }

    static double[] toDoubles(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }
}
