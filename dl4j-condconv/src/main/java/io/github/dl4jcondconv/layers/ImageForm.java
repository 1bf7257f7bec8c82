package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.PassGradients;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The images of a pass in the form in which kernels of one kind take them.
 *
 * @param <I> images of (N, channels, H, W)
 */
interface ImageForm<I> {
    /** Input 0. In training it stays as it is until the backward pass. */
    I input();

    /** The gradient of the output. */
    I upstream(INDArray upstream, PassGradients gradients);

    /** Has the output written. */
    void write(INDArray output, Consumer<I> kernels);

    /** Has the gradient of input 0 written. */
    void writeGradient(PassGradients gradients, Consumer<I> kernels);

    /**
     * Sums over the pixels, times a factor.
     *
     * @param sums [N, channels], to be overwritten
     */
    void sums(I images, float factor, INDArray sums);

    /**
     * Adds a number, times a factor, to all pixels of each channel.
     *
     * @param values [N, channels]; may be overwritten
     */
    void add(INDArray values, float factor, I images);
}
