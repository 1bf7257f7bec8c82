package io.github.dl4jcondconv.kernels;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of every example with its own mixture of experts, y_n = x_n * sum_e(a_ne W_e), and its gradients. Images
 * are [N, channels, H, W] in memory as they like, also views of NHWC; all arrays are FLOAT.
 */
public interface ExampleConvolution {

    /**
     * Computes y.
     *
     * @param experts [E, ...]
     * @param weights a, [N, E]
     * @param y to be overwritten
     */
    void forward(INDArray x, INDArray experts, INDArray weights, INDArray y);

    /**
     * Computes the gradients for a given gradient of y.
     *
     * @param dx to be overwritten, as are dExperts and dWeights
     */
    void backward(
            INDArray x,
            INDArray experts,
            INDArray weights,
            INDArray dy,
            INDArray dx,
            INDArray dExperts,
            INDArray dWeights);
}
