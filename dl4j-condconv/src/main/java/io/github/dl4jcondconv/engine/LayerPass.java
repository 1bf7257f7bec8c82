package io.github.dl4jcondconv.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A training pass through a layer: what came out of it, and the gradients that belong to it. */
public interface LayerPass {

    /** The output, in the network's data format or as {@link ForwardPass#newOutput} made it. */
    INDArray output();

    /** Whether the layer's activation function has been applied to the output; if not, the engine does it. */
    default boolean isActivated() {
        return false;
    }

    /** The value of the auxiliary loss, 0 if the layer has none. */
    default double auxiliaryLoss() {
        return 0;
    }

    /**
     * Computes the gradients. Called at most once.
     *
     * @param upstream gradient with respect to {@link #output()}; images may be blocked if the output was
     * @param gradients where they go
     */
    void backward(INDArray upstream, PassGradients gradients);
}
