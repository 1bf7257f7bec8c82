package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.Branch;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The block as it was trained: one convolution with the filters of the three branches, the 1 x k and k x 1 ones in the
 * middle of k x k windows, then one batch normalization over the 3 nOut channels, then the sum of the branches. Fused, it
 * is a plain convolution of a third of the work.
 */
final class AsymmetricConvBlockWriter {
    private AsymmetricConvBlockWriter() {}

    static String write(AsymmetricConvBlock layer, List<String> inputs, VertexScope scope) {
        long k = layer.getKernelSize()[0];
        String filters = scope.weights("W", Nd4j.concat(0, each(b -> centred(scope.param(b.parameter("W")), k))));
        String branches = Window.of(layer)
                .slide(scope, OnnxOp.CONV, 0, inputs.get(0), filters)
                .output();
        String normalized = scope.node(
                        OnnxOp.BATCH_NORMALIZATION,
                        branches,
                        all(scope, "gamma"),
                        all(scope, "beta"),
                        all(scope, "mean"),
                        all(scope, "var"))
                .with("epsilon", layer.getEps())
                .output();
        String[] parts = scope.node(OnnxOp.SPLIT, normalized).with("axis", 1).outputs(Branch.values().length);
        return scope.op(OnnxOp.SUM, parts);
    }

    private static INDArray centred(INDArray kernel, long k) {
        int rows = Math.toIntExact(k - kernel.size(2)) / 2;
        int columns = Math.toIntExact(k - kernel.size(3)) / 2;
        return Nd4j.pad(kernel, new int[][] {{0, 0}, {0, 0}, {rows, rows}, {columns, columns}});
    }

    private static String all(VertexScope scope, String stem) {
        return scope.weights(stem, Nd4j.concat(0, each(b -> scope.param(b.parameter(stem)))));
    }

    private static INDArray[] each(Function<Branch, INDArray> of) {
        return Stream.of(Branch.values()).map(of).toArray(INDArray[]::new);
    }
}
