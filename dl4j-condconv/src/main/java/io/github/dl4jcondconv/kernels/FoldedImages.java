package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A batch [N, C, H, W] as one image [1, N C', H, W] with the channels of all examples, C' being C filled up with zeros to
 * whole blocks: a convolution with N groups then treats each example by itself.
 */
final class FoldedImages {
    /** Channels that oneDNN's fast convolutions treat together, or a multiple of it. */
    private static final int BLOCK = 16;

    private FoldedImages() {}

    /** The next multiple of the block. */
    static long padded(long channels) {
        return (channels + BLOCK - 1) / BLOCK * BLOCK;
    }

    /**
     * Folds.
     *
     * @param images [N, C, H, W], in memory as they like
     * @param folded a layout of [1, N C', H, W]
     */
    static Memory fold(INDArray images, Layout folded) {
        return Reorder.to(folded, Memory.of(dense(images, folded.dims())));
    }

    private static INDArray dense(INDArray images, long[] folded) {
        if (isDense(images) && images.size(0) * images.size(1) == folded[1]) {
            return images.reshape('c', folded);
        }
        long channels = folded[1] / images.size(0);
        INDArray padded = empty(images, channels);
        if (channels > images.size(1)) {
            padded.assign(0);
        }
        Reorder.copy(Memory.of(images), Memory.of(channels(padded, 0, images.size(1))));
        return padded.reshape('c', folded);
    }

    /**
     * Unfolds.
     *
     * @param images [N, C, H, W], to be overwritten
     */
    static void unfold(Memory folded, INDArray images) {
        long[] dims = folded.layout().dims();
        if (isDense(images) && images.size(0) * images.size(1) == dims[1]) {
            Reorder.copy(folded, Memory.of(images.reshape('c', dims)));
            return;
        }
        INDArray padded = empty(images, dims[1] / images.size(0));
        Reorder.copy(folded, Memory.of(padded.reshape('c', dims)));
        Reorder.copy(Memory.of(channels(padded, 0, images.size(1))), Memory.of(images));
    }

    /** Some channels of every image, as a view. */
    static INDArray channels(INDArray images, long from, long to) {
        return from == 0 && to == images.size(1)
                ? images
                : images.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
    }

    private static INDArray empty(INDArray images, long channels) {
        return Nd4j.createUninitialized(DataType.FLOAT, images.size(0), channels, images.size(2), images.size(3));
    }

    /** Whether the elements lie in C order without gaps. */
    static boolean isDense(INDArray array) {
        long[] strides = new long[array.rank()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= array.size(i);
        }
        return Arrays.equals(array.stride(), strides);
    }
}
