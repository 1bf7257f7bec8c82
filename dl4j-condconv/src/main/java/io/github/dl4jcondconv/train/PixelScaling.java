package io.github.dl4jcondconv.train;

import java.util.Arrays;

/**
 * Turns pixels of 0 to 255 into network input: {@code (pixel / 255 - mean) / std}, with a mean and a standard
 * deviation for each channel.
 */
public final class PixelScaling {

    private static final float WHITE = 255;

    private final float[] mean;
    private final float[] std;

    private PixelScaling(float[] mean, float[] std) {
        this.mean = mean;
        this.std = std;
    }

    /** To the range 0 to 1, whatever the number of channels. */
    public static PixelScaling toUnit() {
        return standardise(new double[] {0}, new double[] {1});
    }

    /**
     * To zero mean and unit variance, given the statistics of pixels in the range 0 to 1.
     *
     * @param mean one for each channel, or one for all
     * @param std one for each channel, or one for all; more than 0
     */
    public static PixelScaling standardise(double[] mean, double[] std) {
        if (mean.length == 0 || mean.length != std.length) {
            throw new IllegalArgumentException(
                    "as many means as standard deviations are needed, not " + mean.length + " and " + std.length);
        }
        if (!Arrays.stream(std).allMatch(value -> value > 0)) {
            throw new IllegalArgumentException("standard deviations must be more than 0, not " + Arrays.toString(std));
        }
        return new PixelScaling(toFloats(mean), toFloats(std));
    }

    /** Scales one image in place. */
    void scale(Pixels image) {
        float[] values = image.values();
        int plane = image.height() * image.width();
        for (int i = 0; i < values.length; i++) {
            int channel = mean.length == 1 ? 0 : i / plane;
            values[i] = (values[i] / WHITE - mean[channel]) / std[channel];
        }
    }

    /** Fails unless this scaling has statistics for that many channels. */
    void requireChannels(int channels) {
        if (mean.length != 1 && mean.length != channels) {
            throw new IllegalArgumentException(
                    "pixel scaling has statistics for " + mean.length + " channels, the images have " + channels);
        }
    }

    private static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
