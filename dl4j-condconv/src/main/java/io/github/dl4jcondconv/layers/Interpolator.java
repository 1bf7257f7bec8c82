package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.engine.InferencePass;
import io.github.dl4jcondconv.engine.Parameters;
import io.github.dl4jcondconv.kernels.Pixels;
import io.github.dl4jcondconv.kernels.SampledRows;
import io.github.dl4jcondconv.kernels.SparseInterpolation;
import io.github.dl4jcondconv.onednn.Floats;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The arithmetic of {@link Interpolation}, for every layer that fills unsampled positions. */
record Interpolator(Interpolation.Method method, int window) {
    /** Added to the sum of weights, so that a window without a sampled position gives 0: the official code's value. */
    static final double EPS = 1e-5;

    /** The side of the window unless the user chooses another. */
    static final int WINDOW = 7;

    private static final double FIRST_SIGMA = 3;

    void validate(Check check) {
        check.require(window >= 1 && window % 2 == 1, "window", window, "odd numbers");
    }

    /** Every weight of the window at every position. */
    long multiplyAdds(InputType features) {
        return method == Interpolation.Method.NONE ? 0 : (long) window * window * features.arrayElementsPerExample();
    }

    /** Of each value of the window only the sampled ones, for each position only where it is not sampled. */
    long multiplyAdds(InputType features, double density) {
        return Math.round(density * (1 - density) * multiplyAdds(features));
    }

    void defineParameters(Parameters p) {
        switch (method) {
            case RBF -> p.scale("sigma", FIRST_SIGMA, 1);
            case LEARNED -> p.scale("kernel", 1, window, window);
            default -> {}
        }
    }

    /**
     * @param features [N, C, H, W]
     * @param mask [N, 1, H, W]
     * @return mask * features + (1 - mask) * weighted mean of mask * features over the window
     */
    SDVariable interpolate(BlockGraph graph, SDVariable features, SDVariable mask, long channels) {
        // FLOAT16 cannot hold the square of EPS, which the quotient's gradient divides by
        DataType precise = graph.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
        SDVariable m = mask.castTo(precise);
        SDVariable share = spread(m, channels, precise);
        SDVariable kept = features.castTo(precise).mul(share);
        if (method == Interpolation.Method.NONE) {
            return kept.castTo(graph.dataType());
        }
        SDVariable kernel = kernel(graph, precise).reshape(window, window, 1, 1);
        SDVariable ones = constant(graph, Nd4j.ones(precise, 1, 1, channels, 1));
        SDVariable sums = graph.sameDiff().cnn().depthWiseConv2d(kept, kernel.mul(ones), sliding());
        SDVariable weights = graph.sameDiff().cnn().conv2d(m, kernel, sliding()).add(EPS);
        SDVariable mean = sums.div(spread(weights, channels, precise));
        return kept.add(share.rsub(1).mul(mean)).castTo(graph.dataType());
    }

    /** The same at inference in FLOAT, from what is sampled. */
    void infer(InferencePass pass, SampledRows features, Pixels output) {
        pass.ofParameters("interpolation", () -> new SparseInterpolation(weights(pass), EPS))
                .apply(features, output);
    }

    private float[] weights(InferencePass pass) {
        float[] weights = new float[method == Interpolation.Method.NONE ? 0 : window * window];
        switch (method) {
            case RBF -> fillRbf(weights, pass.parameter("sigma").getDouble(0));
            case LEARNED ->
                System.arraycopy(
                        Floats.values(Transforms.abs(pass.parameter("kernel"))), 0, weights, 0, weights.length);
            default -> Arrays.fill(weights, 1);
        }
        return weights;
    }

    private void fillRbf(float[] weights, double sigma) {
        double precision = sigma * sigma;
        double[][] distances = squaredDistances();
        for (int i = 0; i < weights.length; i++) {
            double exponent = -0.5 * precision * distances[i / window][i % window];
            weights[i] = (float) (precision / (2 * Math.PI) * Math.exp(exponent));
        }
    }

    /** [N, 1, H, W] to [N, channels, H, W] by a convolution: ND4J's broadcasts are far slower to differentiate. */
    private static SDVariable spread(SDVariable plane, long channels, DataType type) {
        SameDiff sd = plane.getSameDiff();
        SDVariable ones = sd.constant(Nd4j.ones(type, 1, 1, 1, channels));
        return sd.cnn().conv2d(plane, ones, Conv2DConfig.builder().kH(1).kW(1).build());
    }

    /** Weights [window, window]. */
    private SDVariable kernel(BlockGraph graph, DataType type) {
        return switch (method) {
            case RBF -> rbf(graph, graph.parameter("sigma").castTo(type));
            case LEARNED ->
                graph.sameDiff().math().abs(graph.parameter("kernel").castTo(type));
            default -> constant(graph, Nd4j.ones(type, window, window));
        };
    }

    private SDVariable rbf(BlockGraph graph, SDVariable sigma) {
        SDVariable precision = graph.sameDiff().math().square(sigma);
        SDVariable exponents = constant(
                        graph, Nd4j.createFromArray(squaredDistances()).castTo(sigma.dataType()))
                .mul(precision)
                .mul(-0.5);
        return graph.sameDiff().math().exp(exponents).mul(precision.div(2 * Math.PI));
    }

    /** From the middle of the window, in pixels. */
    private double[][] squaredDistances() {
        double[][] distances = new double[window][window];
        int middle = window / 2;
        for (int row = 0; row < window; row++) {
            for (int column = 0; column < window; column++) {
                distances[row][column] = Math.pow(row - middle, 2) + Math.pow(column - middle, 2);
            }
        }
        return distances;
    }

    private Conv2DConfig sliding() {
        return Conv2DConfig.builder()
                .kH(window)
                .kW(window)
                .pH(window / 2)
                .pW(window / 2)
                .paddingMode(PaddingMode.VALID)
                .build();
    }

    private static SDVariable constant(BlockGraph graph, INDArray value) {
        return graph.sameDiff().constant(value);
    }
}
