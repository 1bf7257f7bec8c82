package io.github.dl4jcondconv.zoo;

import lombok.With;

/**
 * The geometry of a convolution with a square window.
 *
 * @param nOut output channels; as many as the input has where the convolution is depthwise
 * @param kernel side of the window
 * @param stride in both directions
 * @param padding zeros on each side; half the window, rounded down, unless told. Not used in a {@link Blueprint} that
 *     pads as TensorFlow does
 * @param depthwise whether each channel is convolved by itself
 * @param hasBias whether there is a bias; none unless told, since BatchNormalization follows
 */
@With
record Conv(int nOut, int kernel, int stride, int padding, boolean depthwise, boolean hasBias) {
    /** A convolution of stride 1. */
    static Conv of(int nOut, int kernel) {
        return new Conv(nOut, kernel, 1, kernel / 2, false, false);
    }

    /** A convolution of each channel by itself, of stride 1. */
    static Conv depthwise(int channels, int kernel) {
        return new Conv(channels, kernel, 1, kernel / 2, true, false);
    }
}
