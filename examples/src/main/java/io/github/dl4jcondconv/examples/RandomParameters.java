package io.github.dl4jcondconv.examples;

import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Random parameters and running statistics for an untrained network, of sizes at which single precision can hold its
 * values. Larger ones, such as the initial weights of ResNet50 and InceptionResNetV1 together with variances around 1,
 * multiply the values layer by layer until they overflow, or tanh makes signs of them that rounding decides.
 */
final class RandomParameters {
    private RandomParameters() {}

    /**
     * Weights keep their initial values, made smaller where they are larger than He's initialisation; output layers get
     * such that their preactivations are around 1, so that no softmax answers 1 to all images. Biases, means and beta
     * are normal of standard deviation 0.1, gamma is 0.5 to 1.5 and the variance 0.5 to 2.
     *
     * @param batch what the output layers' preactivations are taken of
     */
    static void draw(ComputationGraph graph, INDArray batch, long seed) {
        Nd4j.getRandom().setSeed(seed);
        for (var layer : graph.getLayers()) {
            layer.paramTable(false).forEach(RandomParameters::draw);
        }
        Map<String, INDArray> activations = graph.feedForward(batch.dup(), false);
        for (var layer : graph.getLayers()) {
            if (layer.conf().getLayer() instanceof BaseOutputLayer output) {
                String input = graph.getConfiguration()
                        .getVertexInputs()
                        .get(output.getLayerName())
                        .get(0);
                INDArray weights = layer.getParam("W");
                double size = Math.sqrt(weights.size(0)) * rootMeanSquare(activations.get(input));
                weights.assign(Nd4j.randn(DataType.DOUBLE, weights.shape()).divi(size));
            }
        }
    }

    private static void draw(String key, INDArray value) {
        INDArray normal = Nd4j.randn(DataType.DOUBLE, value.shape()).muli(0.1);
        INDArray uniform = Nd4j.rand(DataType.DOUBLE, value.shape());
        switch (key) {
            case "b", "beta", "mean" -> value.assign(normal);
            case "gamma" -> value.assign(uniform.addi(0.5));
            case "var" -> value.assign(variance(uniform));
            case "log10stdev" -> value.assign(Transforms.log(variance(uniform)).divi(2 * Math.log(10)));
            default -> value.muli(Math.min(1, Math.sqrt(2.0 / fanIn(value)) / rootMeanSquare(value)));
        }
    }

    private static INDArray variance(INDArray uniform) {
        return uniform.muli(1.5).addi(0.5);
    }

    /** Of a dense [in, out] or convolution kernel [out, in, kH, kW]. */
    private static long fanIn(INDArray weights) {
        return weights.rank() == 2 ? weights.size(0) : weights.length() / weights.size(0);
    }

    private static double rootMeanSquare(INDArray values) {
        return values.norm2Number().doubleValue() / Math.sqrt(values.length());
    }
}
