package io.github.dl4jcondconv.zoo;

/** Numbers of channels of networks with a width multiplier. */
final class Channels {
    private static final int DIVISOR = 8;

    private Channels() {}

    /**
     * The nearest multiple of 8 to {@code channels * width} that loses at most a tenth, and at least 8: the rule of the
     * official MobileNetV2 and EfficientNet.
     */
    static int multipleOf8(int channels, double width) {
        double scaled = channels * width;
        int nearest = Math.max(DIVISOR, (int) (scaled + DIVISOR / 2.0) / DIVISOR * DIVISOR);
        return nearest < 0.9 * scaled ? nearest + DIVISOR : nearest;
    }
}
