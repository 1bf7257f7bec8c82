package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Dilated convolutions as plain ones, whose kernels have the zeros between their weights. ND4J M2.1 with oneDNN cannot
 * run a dilated one in FLOAT ("could not create a descriptor for a dilated convolution").
 */
final class Dilation {
    private Dilation() {}

    /** The layer's configuration for kernels that {@link #place} made. */
    static Conv2DConfig config(Convolution2DBlock layer) {
        Conv2DConfig config = layer.conv2DConfig();
        config.setKH(layer.windowSize(0));
        config.setKW(layer.windowSize(1));
        config.setDH(1);
        config.setDW(1);
        return config;
    }

    /**
     * Convolves an NCHW image under the layer's stride, padding and dilation.
     *
     * @param kernels of the layer's kernel size, anything of the order [filters, nIn, kH, kW]
     */
    static SDVariable convolve(
            BlockGraph graph, Convolution2DBlock layer, SDVariable image, SDVariable kernels, long filters) {
        int[] k = layer.getKernelSize();
        SDVariable placed = place(graph, layer, kernels, k[0], k[1])
                .reshape(filters, layer.getNIn(), layer.windowSize(0), layer.windowSize(1));
        return graph.sameDiff().cnn().conv2d(image, Convolution2DBlock.toYXIO(placed), config(layer));
    }

    /**
     * Puts kernels at their places in the window that the layer's kernel covers with its dilation, zeros elsewhere, by a
     * product with a matrix of zeros and ones. A kernel smaller than the layer's goes to the middle.
     *
     * @param kernels anything of the order [kernels, height, width]
     * @return [kernels, windowSize(0), windowSize(1)], or the kernels as they are where they fill the window
     */
    static SDVariable place(BlockGraph graph, Convolution2DBlock layer, SDVariable kernels, int height, int width) {
        int rows = layer.windowSize(0);
        int columns = layer.windowSize(1);
        if (height == rows && width == columns) {
            return kernels;
        }
        INDArray places = Nd4j.zeros(graph.dataType(), height * width, rows * columns);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int row = layer.getDilation()[0] * ((layer.getKernelSize()[0] - height) / 2 + y);
                int column = layer.getDilation()[1] * ((layer.getKernelSize()[1] - width) / 2 + x);
                places.putScalar(y * width + x, row * columns + column, 1);
            }
        }
        return kernels.reshape(-1, height * width)
                .mmul(graph.sameDiff().constant(places))
                .reshape(-1, rows, columns);
    }
}
