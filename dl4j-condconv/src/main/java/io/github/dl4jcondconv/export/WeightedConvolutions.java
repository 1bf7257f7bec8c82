package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sum of convolutions with fixed filters, each scaled for each example: what mixing kernels comes to, since a convolution
 * is linear in its kernel.
 */
final class WeightedConvolutions {
    private final VertexScope scope;
    private final Window window;
    private final List<String> terms = new ArrayList<>();

    WeightedConvolutions(VertexScope scope, Window window) {
        this.scope = scope;
        this.window = window;
    }

    /**
     * Splits the weights of all terms.
     *
     * @param weights [N, terms size]
     * @return for each term [N, size, 1, 1]
     */
    String[] split(String weights, int terms) {
        String column = scope.op(OnnxOp.UNSQUEEZE, weights, scope.longs(2, 3));
        return terms == 1
                ? new String[] {column}
                : scope.node(OnnxOp.SPLIT, column).with("axis", 1).outputs(terms);
    }

    /**
     * Adds a term.
     *
     * @param weight [N, 1, 1, 1] or [N, nOut, 1, 1]
     * @param group 1, or the number of input channels for a depthwise convolution
     * @param bias [nOut], scaled like the filters, or null
     */
    void add(String images, String weight, long group, INDArray filters, INDArray bias) {
        String[] inputs = {images, scope.weights("W", filters), bias == null ? null : scope.weights("b", bias)};
        String[] present = Arrays.copyOf(inputs, bias == null ? 2 : 3);
        String convolved = window.slide(scope, OnnxOp.CONV, 0, present)
                .with("group", group)
                .output();
        terms.add(scope.op(OnnxOp.MUL, convolved, weight));
    }

    /** The sum of all terms and, if there is one, the parameter bs. */
    String sum() {
        INDArray bias = scope.param("bs");
        if (bias != null) {
            terms.add(scope.weights("bs", bias.reshape(1, bias.length(), 1, 1)));
        }
        return terms.size() == 1 ? terms.get(0) : scope.op(OnnxOp.SUM, terms.toArray(String[]::new));
    }
}
