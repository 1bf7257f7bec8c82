package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import java.util.Collections;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** Convolution of every example with its own kernel, for batches of any size. */
final class ExampleKernels {
    private ExampleKernels() {}

    /**
     * One matrix product an example: its kernel times its windows [nIn kH kW, H' W'].
     *
     * @param image [N, nIn, H, W]
     * @param kernels [N, nOut, nIn kH kW] or anything of that order
     */
    static SDVariable convolve(BlockGraph graph, Convolution2DBlock layer, SDVariable image, SDVariable kernels) {
        int[] k = layer.getKernelSize();
        long window = layer.getNIn() * k[0] * k[1];
        SDVariable windows = graph.sameDiff().cnn().im2Col(image, layer.im2ColConfig(graph.definingSizes()));
        SDVariable n = graph.size(image, 0);
        SDVariable columns = windows.reshape(graph.shape(n, window, -1));
        return kernels.reshape(-1, layer.getNOut(), window)
                .mmul(columns)
                .reshape(graph.shape(n, layer.getNOut(), graph.size(windows, 4), -1));
    }

    /**
     * Depthwise: examples and channels together are the channels of one depthwise convolution.
     *
     * @param image [N, nIn, H, W]
     * @param kernels [N, multiplier, nIn, kH, kW] or anything of that order
     * @return [N, nIn * multiplier, H', W'], the outputs of one channel next to each other
     */
    static SDVariable convolveDepthwise(
            BlockGraph graph, Convolution2DBlock layer, SDVariable image, SDVariable kernels, int multiplier) {
        SDVariable channels = repeated(graph, image, multiplier);
        SDVariable oneExample = channels.reshape(graph.shape(1, -1, graph.size(image, 2), graph.size(image, 3)));
        SDVariable convolved = depthwise(graph, layer, oneExample, kernels);
        return byChannel(graph, layer, convolved, graph.size(image, 0), multiplier);
    }

    /**
     * A depthwise convolution with one kernel for each channel: oneDNN knows no other, so a multiplier repeats the
     * image.
     */
    static SDVariable depthwise(BlockGraph graph, Convolution2DBlock layer, SDVariable image, SDVariable kernels) {
        int[] k = layer.getKernelSize();
        SDVariable filters = Dilation.place(graph, layer, kernels, k[0], k[1])
                .reshape(-1, 1, layer.windowSize(0), layer.windowSize(1));
        return graph.sameDiff().cnn().depthWiseConv2d(image, filters.permute(2, 3, 0, 1), Dilation.config(layer));
    }

    /** [N, C, H, W] as [N, times C, H, W]. */
    static SDVariable repeated(BlockGraph graph, SDVariable image, int times) {
        SameDiff sd = graph.sameDiff();
        return times == 1
                ? image
                : sd.concat(1, Collections.nCopies(times, image).toArray(SDVariable[]::new));
    }

    /**
     * Puts the outputs of one channel next to each other.
     *
     * @param outputs anything of the order [N, multiplier, nIn, H', W'] with H' and W' as dimensions 2 and 3
     * @param n how many images, as in {@link BlockGraph#shape}
     * @return [N, nIn * multiplier, H', W']
     */
    static SDVariable byChannel(
            BlockGraph graph, Convolution2DBlock layer, SDVariable outputs, Object n, int multiplier) {
        SDVariable height = graph.size(outputs, 2);
        SDVariable width = graph.size(outputs, 3);
        SDVariable ordered = multiplier == 1
                ? outputs
                : outputs.reshape(graph.shape(n, multiplier, layer.getNIn(), height, width))
                        .permute(0, 2, 1, 3, 4);
        return ordered.reshape(graph.shape(n, layer.getNOut(), height, width));
    }
}
