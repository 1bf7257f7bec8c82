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
    private Layout matrices() {
        long pixels = images[2] * images[3];
        return byChannel ? Layout.dense(images[0], images[1], pixels) : Layout.dense(images[0], pixels, images[1]);
    }

    private Layout layout() {
        return byChannel ? Layout.dense(images) : Layout.pixels(images);
    }

    /** Of given images: their own memory, if they lie so, or a copy. */
    static Memory of(Memory images, boolean byChannel) {
        ImageMatrices form = new ImageMatrices(images.layout().dims(), byChannel);
        return Reorder.to(form.layout(), images).as(form.matrices());
    }

    /** Where the matrices of images may be written: their own memory, or new memory that is to be stored. */
    Memory target(Memory target) {
        Memory written = target.layout().equals(layout()) ? target : Memory.allocate(layout());
        return written.as(matrices());
    }

    /** Copies from where matrices were written, unless that is the images' own memory. */
    void store(Memory written, Memory target) {
        if (written.array() != target.array()) {
            Reorder.copy(written.as(layout()), target);
        }
    }
}
