package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Memory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of every example with its own mixture of experts, y_n = x_n * sum_e(a_ne W_e), and its gradients. Images
 * are {@linkplain io.github.dl4jcondconv.onednn.Layout#blocked blocked}, of (N, channels, H, W); all arrays are FLOAT.
 */
public interface ExampleConvolution {

    /**
     * Computes y.
     *
     * @param experts W, [E, ...]
     * @param weights a, [N, E]
     * @param y to be overwritten
     */
    void forward(Memory x, INDArray experts, INDArray weights, Memory y);

    /**
     * Computes the gradients of experts and weights for a given gradient of y.
     *
     * @param dExperts to be overwritten, as is dWeights
     */
    void backwardWeights(Memory x, INDArray experts, INDArray weights, Memory dy, INDArray dExperts, INDArray dWeights);

    /**
     * Computes the gradient of x for a given gradient of y.
     *
     * @param dx to be overwritten
     */
    void backwardData(INDArray experts, INDArray weights, Memory dy, Memory dx);
}
