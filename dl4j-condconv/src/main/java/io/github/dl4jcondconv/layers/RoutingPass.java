package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.PassGradients;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What {@link Routing} defines for images without a hidden layer, computed directly, and its gradients. */
final class RoutingPass {
    private final Routing routing;
    private final INDArray features;
    private final INDArray matrix;
    private final INDArray weights;

    /**
     * @param image NCHW
     * @param parameter by name
     * @param keep makes arrays that stay until the backward pass
     */
    RoutingPass(
            Routing routing, INDArray image, Function<String, INDArray> parameter, Function<long[], INDArray> keep) {
        this.routing = routing;
        matrix = parameter.apply("routingW");
        features = keep.apply(new long[] {image.size(0), image.size(1)});
        features.assign(image.mean(2, 3));
        weights = keep.apply(new long[] {image.size(0), matrix.size(1)});
        INDArray logits = features.mmul(matrix).addiRowVector(parameter.apply("routingb"));
        weights.assign(
                routing.function() == Routing.Function.SIGMOID
                        ? Transforms.sigmoid(logits, false)
                        : Transforms.softmax(logits.divi(routing.temperature()), false));
    }

    /** Routing weights [N, E]. */
    INDArray weights() {
        return weights;
    }

    /**
     * Writes the gradients of its parameters and adds to the image's.
     *
     * @param dImage NCHW
     */
    void backward(INDArray dWeights, INDArray dImage, PassGradients gradients) {
        INDArray dLogits = dLogits(dWeights);
        gradients.ofParameter("routingW").assign(features.transpose().mmul(dLogits));
        gradients.ofParameter("routingb").assign(dLogits.sum(0));
        INDArray dFeatures = dLogits.mmul(matrix.transpose()).divi(dImage.size(2) * dImage.size(3));
        Nd4j.exec(new BroadcastAddOp(dImage, dFeatures, dImage, 0, 1));
    }

    private INDArray dLogits(INDArray dWeights) {
        if (routing.function() == Routing.Function.SIGMOID) {
            return weights.rsub(1).muli(weights).muli(dWeights);
        }
        INDArray weighted = weights.mul(dWeights);
        return weighted.subi(weights.mulColumnVector(weighted.sum(true, 1))).divi(routing.temperature());
    }
}
