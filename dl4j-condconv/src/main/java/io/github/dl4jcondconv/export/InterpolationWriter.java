package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.Interpolation.Method;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Interpolation between sampled positions, by two convolutions. */
final class InterpolationWriter implements OnnxWriter<Interpolation> {
    /** Keeps 0 / 0 from a window without a sampled position, as in the layer. */
    private static final double EPS = 1e-5;

    @Override
    public Value write(Interpolation layer, List<Value> inputs, VertexScope scope) {
        CNN2DFormat format = layer.getDataFormat();
        String filled = interpolate(
                layer.getMethod(),
                layer.getWindow(),
                layer.getNIn(),
                scope.channelsFirst(inputs.get(0), format),
                scope.channelsFirst(inputs.get(1), format),
                scope);
        Value result = inputs.get(0)
                .withTensor(filled)
                .withChannels(layer.getNIn())
                .withTransposed(format == CNN2DFormat.NHWC);
        return scope.write(layer.getActivationFn(), result);
    }

    @Override
    public InputShape inputShape(Interpolation layer) {
        return InputShape.images(layer.getNIn(), layer.getDataFormat());
    }

    @Override
    public InputShape furtherInputShape(Interpolation layer) {
        return InputShape.images(1, layer.getDataFormat());
    }

    /** m x + (1 - m) (w * m x) / (w * m + eps), where * is a convolution. */
    static String interpolate(
            Method method, int window, long channels, String features, String mask, VertexScope scope) {
        String kept = scope.op(OnnxOp.MUL, features, mask);
        if (method == Method.NONE) {
            return kept;
        }
        INDArray kernel = kernel(method, window, scope).reshape(1, 1, window, window);
        INDArray eachChannel = Nd4j.tile(kernel, Math.toIntExact(channels), 1, 1, 1);
        String sums = sliding(window, scope, kept, scope.weights("kernel", eachChannel))
                .with("group", channels)
                .output();
        String weights =
                sliding(window, scope, mask, scope.weights("kernel", kernel)).output();
        String mean = scope.op(OnnxOp.DIV, sums, scope.op(OnnxOp.ADD, weights, scope.scalar(EPS)));
        String missing = scope.op(OnnxOp.SUB, scope.scalar(1), mask);
        return scope.op(OnnxOp.ADD, kept, scope.op(OnnxOp.MUL, missing, mean));
    }

    private static OnnxNode sliding(int window, VertexScope scope, String... inputs) {
        int[] one = {1, 1};
        int[] padding = {window / 2, window / 2};
        return new Window(new int[] {window, window}, one, padding, one, ConvolutionMode.Truncate)
                .slide(scope, OnnxOp.CONV, 0, inputs);
    }

    /** Weights by distance, as {@link Method} states them. */
    private static INDArray kernel(Method method, int window, VertexScope scope) {
        return switch (method) {
            case RBF -> rbf(scope.param("sigma").getDouble(0), window);
            case LEARNED -> Transforms.abs(scope.param("kernel"));
            default -> Nd4j.ones(DataType.FLOAT, window, window);
        };
    }

    private static INDArray rbf(double sigma, int window) {
        double precision = sigma * sigma;
        double[][] weights = new double[window][window];
        for (int row = 0; row < window; row++) {
            for (int column = 0; column < window; column++) {
                double squared = Math.pow(row - window / 2, 2) + Math.pow(column - window / 2, 2);
                weights[row][column] = precision / (2 * Math.PI) * Math.exp(-precision * squared / 2);
            }
        }
        return Nd4j.createFromArray(weights);
    }
}
