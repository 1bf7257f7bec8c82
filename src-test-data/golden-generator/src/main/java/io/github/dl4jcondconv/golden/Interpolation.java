package io.github.dl4jcondconv.golden;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lombok.With;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Interpolation of unsampled positions (Xie et al., ECCV 2020) as its authors compute it: a depthwise convolution of the
 * masked features, divided by the convolution of the mask.
 */
@With
record Interpolation(String name, Image image, Method method, int side) implements GoldenCase {
    /** What weighs the sampled positions, by its DL4J name. */
    enum Method {
        RBF,
        LEARNED,
        AVERAGE,
        NONE
    }

    private static final double EPS = 1e-5;

    static List<Interpolation> cases() {
        Interpolation base = new Interpolation("rbf", new Image(2, 3, 7, 6), Method.RBF, 7);
        return List.of(
                base,
                base.withName("rbf-3").withSide(3),
                base.withName("rbf-5").withSide(5),
                base.withName("learned").withMethod(Method.LEARNED),
                base.withName("learned-3").withMethod(Method.LEARNED).withSide(3),
                base.withName("average").withMethod(Method.AVERAGE),
                base.withName("average-5").withMethod(Method.AVERAGE).withSide(5),
                base.withName("none").withMethod(Method.NONE),
                base.withName("one-channel").withImage(new Image(1, 1, 9, 4)),
                base.withName("smaller-than-the-window").withImage(new Image(3, 2, 3, 2)));
    }

    @Override
    public Map<String, String> configuration() {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("interpolation", method.name());
        configuration.put("window", Integer.toString(side));
        return configuration;
    }

    @Override
    public Tensor forward(Experiment experiment) {
        Tensor features = experiment.input(image);
        Tensor mask = experiment.furtherShares(1, image.batch(), 1, image.height(), image.width());
        return fill(experiment, method, side, features, mask);
    }

    /** Draws the interpolation's parameter, if it has one, and fills what the mask leaves out. */
    static Tensor fill(Experiment experiment, Method method, int side, Tensor features, Tensor mask) {
        Tensor kept = features.mul(mask);
        if (method == Method.NONE) {
            return kept;
        }
        Tensor kernel = weights(experiment, method, side).reshape(1, 1, side, side);
        Window window = Window.of(side, side).padding(side / 2, side / 2);
        long channels = features.size(1);
        Tensor sums = window.convolve(kept, kernel.repeat(channels, 1, 1, 1), new TensorOptional(), channels);
        Tensor weights = window.convolve(mask, kernel, new TensorOptional(), 1).add(new Scalar(EPS));
        return kept.add(mask.neg().add(new Scalar(1.0)).mul(sums.div(weights)));
    }

    private static Tensor weights(Experiment experiment, Method method, int side) {
        return switch (method) {
            case RBF -> rbf(experiment.parameter("sigma", 0.8, 0.1, 1), experiment, side);
            case LEARNED -> experiment.parameter("kernel", 1, 0.3, side, side).abs();
            default -> experiment.fixed(ones(side * side), side, side);
        };
    }

    private static Tensor rbf(Tensor sigma, Experiment experiment, int side) {
        Tensor precision = sigma.mul(sigma);
        Tensor exponent = experiment
                .fixed(squaredDistances(side), side, side)
                .mul(precision)
                .mul(new Scalar(-0.5));
        return torch.exp(exponent).mul(precision).div(new Scalar(2 * Math.PI));
    }

    private static double[] ones(int size) {
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[] squaredDistances(int side) {
        double[] squares = new double[side * side];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = Math.pow(i / side - side / 2, 2) + Math.pow(i % side - side / 2, 2);
        }
        return squares;
    }
}
