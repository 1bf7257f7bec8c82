package io.github.dl4jcondconv.export;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Writers of the activation functions that are more than one ONNX operator without attributes. */
final class ActivationWriters {
    private ActivationWriters() {}

    /** DL4J's softmax runs over the last dimension of its array, also of an image. */
    static Value softmax(ActivationSoftmax function, Value x, VertexScope scope) {
        Value input = scope.dl4jLayout(x);
        return input.withTensor(
                scope.node(OnnxOp.SOFTMAX, input.tensor()).with("axis", -1).output());
    }

    static Value leakyRelu(ActivationLReLU function, Value x, VertexScope scope) {
        return x.withTensor(leakyRelu(scope, x.tensor(), function.getAlpha()));
    }

    static Value elu(ActivationELU function, Value x, VertexScope scope) {
        return x.withTensor(scope.node(OnnxOp.ELU, x.tensor())
                .with("alpha", function.getAlpha())
                .output());
    }

    /** x from the threshold on, slope (x - threshold) below it, and never more than the maximum. */
    static Value relu(ActivationReLU function, Value x, VertexScope scope) {
        double threshold = function.getThreshold() == null ? 0 : function.getThreshold();
        double slope = function.getNegativeSlope() == null ? 0 : function.getNegativeSlope();
        String y;
        if (threshold != 0) {
            y = aboveThreshold(scope, x.tensor(), threshold, slope);
        } else {
            y = slope == 0 ? scope.op(OnnxOp.RELU, x.tensor()) : leakyRelu(scope, x.tensor(), slope);
        }
        return x.withTensor(function.getMax() == null ? y : scope.op(OnnxOp.MIN, y, scope.scalar(function.getMax())));
    }

    private static String aboveThreshold(VertexScope scope, String x, double threshold, double slope) {
        String start = scope.scalar(threshold);
        String below = scope.op(OnnxOp.MUL, scope.op(OnnxOp.SUB, x, start), scope.scalar(slope));
        return scope.op(OnnxOp.WHERE, scope.op(OnnxOp.LESS, x, start), below, x);
    }

    /** At inference DL4J cuts off below the mean slope, instead of multiplying by it: max(x, (l + u) / 2). */
    static Value randomizedRelu(ActivationRReLU function, Value x, VertexScope scope) {
        String floor = scope.scalar((function.getL() + function.getU()) / 2);
        return x.withTensor(scope.op(OnnxOp.MAX, x.tensor(), floor));
    }

    static Value relu6(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(scope.op(OnnxOp.CLIP, x.tensor(), scope.scalar(0), scope.scalar(6)));
    }

    static Value hardTanh(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(scope.op(OnnxOp.CLIP, x.tensor(), scope.scalar(-1), scope.scalar(1)));
    }

    static Value hardSigmoid(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(scope.node(OnnxOp.HARD_SIGMOID, x.tensor())
                .with("alpha", 0.2)
                .with("beta", 0.5)
                .output());
    }

    static Value thresholdedRelu(ActivationThresholdedReLU function, Value x, VertexScope scope) {
        return x.withTensor(scope.node(OnnxOp.THRESHOLDED_RELU, x.tensor())
                .with("alpha", function.getTheta())
                .output());
    }

    static Value cube(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(cube(scope, x.tensor()));
    }

    private static String cube(VertexScope scope, String x) {
        return scope.op(OnnxOp.MUL, scope.op(OnnxOp.MUL, x, x), x);
    }

    static Value rectifiedTanh(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(scope.op(OnnxOp.RELU, scope.op(OnnxOp.TANH, x.tensor())));
    }

    /** x sigmoid(x). */
    static Value swish(IActivation function, Value x, VertexScope scope) {
        return x.withTensor(timesSigmoid(scope, x.tensor(), x.tensor()));
    }

    /** x tanh(ln(1 + e^x)). */
    static Value mish(IActivation function, Value x, VertexScope scope) {
        String gate = scope.op(OnnxOp.TANH, scope.op(OnnxOp.SOFTPLUS, x.tensor()));
        return x.withTensor(scope.op(OnnxOp.MUL, x.tensor(), gate));
    }

    /**
     * x sigmoid(1.702 x) by default. The precise form differs from the usual tanh approximation in that DL4J cubes
     * 0.044715 as well: x (1 + tanh(sqrt(2 / pi) (x + (0.044715 x)^3))) / 2.
     */
    static Value gelu(ActivationGELU function, Value x, VertexScope scope) {
        String in = x.tensor();
        if (!function.isPrecise()) {
            return x.withTensor(timesSigmoid(scope, in, scope.op(OnnxOp.MUL, in, scope.scalar(1.702))));
        }
        String cubic = cube(scope, scope.op(OnnxOp.MUL, in, scope.scalar(0.044715)));
        String inner = scope.op(OnnxOp.MUL, scope.op(OnnxOp.ADD, in, cubic), scope.scalar(Math.sqrt(2 / Math.PI)));
        String gate = scope.op(OnnxOp.ADD, scope.op(OnnxOp.TANH, inner), scope.scalar(1));
        return x.withTensor(scope.op(OnnxOp.MUL, scope.op(OnnxOp.MUL, in, scope.scalar(0.5)), gate));
    }

    /** 1.7159 f(2 x / 3) with f(y) = sign(y) (1 - 1 / (1 + |y| + y^2 + 1.41645 y^4)). */
    static Value rationalTanh(IActivation function, Value x, VertexScope scope) {
        String y = scope.op(OnnxOp.MUL, x.tensor(), scope.scalar(2.0 / 3));
        String square = scope.op(OnnxOp.MUL, y, y);
        String fourth = scope.op(OnnxOp.MUL, scope.op(OnnxOp.MUL, square, square), scope.scalar(1.41645));
        String sum = scope.op(OnnxOp.SUM, scope.scalar(1), scope.op(OnnxOp.ABS, y), square, fourth);
        String rational = scope.op(OnnxOp.SUB, scope.scalar(1), scope.op(OnnxOp.DIV, scope.scalar(1), sum));
        String signed = scope.op(OnnxOp.MUL, scope.op(OnnxOp.SIGN, y), rational);
        return x.withTensor(scope.op(OnnxOp.MUL, signed, scope.scalar(1.7159)));
    }

    private static String leakyRelu(VertexScope scope, String x, double slope) {
        return scope.node(OnnxOp.LEAKY_RELU, x).with("alpha", slope).output();
    }

    private static String timesSigmoid(VertexScope scope, String x, String gate) {
        return scope.op(OnnxOp.MUL, x, scope.op(OnnxOp.SIGMOID, gate));
    }
}
