package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.OneDnn;
import io.github.dl4jcondconv.onednn.Reorder;

/**
 * Blocked images (N, C, H, W) as one image (1, N C', H, W) with the channels of all examples, C' being C filled up with
 * zeros to whole blocks. It is the same memory: what treats channels by themselves, or N groups of them, then treats each
 * example by itself.
 */
final class BatchAsChannels {
    private BatchAsChannels() {}

    /** The next multiple of a block. */
    static long filledUp(long channels) {
        long block = OneDnn.channelBlock();
        return (channels + block - 1) / block * block;
    }

    /** The folded layout of images. */
    static Layout layout(long[] nchw) {
        return Layout.blocked(1, nchw[0] * filledUp(nchw[1]), nchw[2], nchw[3]);
    }

    /** Images as one image in the layout that a kernel wants: the same memory, or a copy where it wants another. */
    static Memory of(Memory images, Layout wanted) {
        return Reorder.to(wanted, images.as(layout(images.layout().dims())));
    }

    /** Where a kernel may write the folded images: their own memory, or scratch where it writes another layout. */
    static Memory target(Memory images, Layout written, Scratch scratch) {
        Layout own = layout(images.layout().dims());
        return written.equals(own) ? images.as(own) : scratch.of("folded", written);
    }

    /** Copies from where a kernel wrote, unless that is the images' own memory. */
    static void store(Memory target, Memory images) {
        if (target.array() != images.array()) {
            Reorder.copy(target, images.as(layout(images.layout().dims())));
        }
    }
}
