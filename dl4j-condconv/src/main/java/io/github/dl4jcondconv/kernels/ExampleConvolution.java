package io.github.dl4jcondconv.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of every example with its own mixture of experts, y_n = x_n * sum_e(a_ne W_e), and its gradients. All arrays
 * are FLOAT.
 *
 * @param <I> images of (N, channels, H, W): {@link io.github.dl4jcondconv.onednn.Memory} that is
 *     {@linkplain io.github.dl4jcondconv.onednn.Layout#blocked blocked}, or arrays [N, channels, H, W] in C order without gaps
 */
public interface ExampleConvolution<I> {

    /**
     * Computes y.
     *
     * @param experts W, [E, ...]
     * @param weights a, [N, E]
     * @param y to be overwritten
     */
    void forward(I x, INDArray experts, INDArray weights, I y);

    /**
     * Computes the gradients of experts and weights for a given gradient of y.
     *
     * @param dExperts to be overwritten, as is dWeights
     */
    void backwardWeights(I x, INDArray experts, INDArray weights, I dy, INDArray dExperts, INDArray dWeights);

    /**
     * Computes the gradient of x for a given gradient of y.
     *
     * @param dx to be overwritten
     */
    void backwardData(INDArray experts, INDArray weights, I dy, I dx);
}
