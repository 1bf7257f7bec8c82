package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;

/**
 * Images (N, C, H, W) as matrices, one for each example.
 *
 * @param byChannel whether channels are rows and pixels columns, [N, C, H W], or the other way round, [N, H W, C]
 */
record ImageMatrices(long[] images, boolean byChannel) {
    /** New ones of any content. */
    Memory allocate() {
        long pixels = images[2] * images[3];
        return Memory.allocate(
                byChannel ? Layout.dense(images[0], images[1], pixels) : Layout.dense(images[0], pixels, images[1]));
    }

    private Layout layout() {
        return byChannel ? Layout.dense(images) : Layout.pixels(images);
    }

    /** Copies images to new matrices. */
    static Memory of(Memory images, boolean byChannel) {
        ImageMatrices form = new ImageMatrices(images.layout().dims(), byChannel);
        Memory matrices = form.allocate();
        Reorder.copy(images, matrices.as(form.layout()));
        return matrices;
    }

    /** Copies matrices to images. */
    void store(Memory matrices, Memory target) {
        Reorder.copy(matrices.as(layout()), target);
    }
}
