package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.ForwardPass;
import io.github.dl4jcondconv.engine.PassGradients;
import io.github.dl4jcondconv.kernels.Gemm;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What {@link Routing} defines without a hidden layer, computed directly, and its gradients. */
final class RoutingPass {
    private final Routing routing;
    private final INDArray features;
    private final INDArray matrix;
    private final INDArray weights;

    /** @param features [N, F], which stay until the backward pass */
    RoutingPass(Routing routing, INDArray features, ForwardPass pass) {
        this.routing = routing;
        this.features = features;
        matrix = pass.parameter("routingW");
        INDArray logits = Gemm.product(features, matrix)
                .addi(Gemm.product(ones(features.size(0), 1), row(pass.parameter("routingb"))));
        weights = pass.kept(DataType.FLOAT, logits.shape())
                .assign(
                        routing.function() == Routing.Function.SIGMOID
                                ? Transforms.sigmoid(logits, false)
                                : Transforms.softmax(logits.divi(routing.temperature()), false));
    }

    /** For sums by products: where there is no oneDNN, other operations on rows would leave OpenMP's threads spinning. */
    private static INDArray ones(long rows, long columns) {
        return Nd4j.ones(DataType.FLOAT, rows, columns);
    }

    private static INDArray row(INDArray vector) {
        return vector.reshape(1, vector.length());
    }

    /** Routing weights [N, E]. */
    INDArray weights() {
        return weights;
    }

    /**
     * Writes the gradients of its parameters.
     *
     * @return the gradient of the features, a new array
     */
    INDArray backward(INDArray dWeights, PassGradients gradients) {
        INDArray dLogits = dLogits(dWeights);
        Gemm.product(features.transpose(), dLogits, gradients.ofParameter("routingW"));
        Gemm.product(ones(1, dLogits.size(0)), dLogits, row(gradients.ofParameter("routingb")));
        return Gemm.product(dLogits, matrix.transpose());
    }

    private INDArray dLogits(INDArray dWeights) {
        if (routing.function() == Routing.Function.SIGMOID) {
            return weights.rsub(1).muli(weights).muli(dWeights);
        }
        INDArray weighted = weights.mul(dWeights);
        return weighted.subi(weights.mulColumnVector(weighted.sum(true, 1))).divi(routing.temperature());
    }
}
