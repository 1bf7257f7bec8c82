package io.github.dl4jcondconv.onednn;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images as the layers of accelerated networks pass them on: plain, [N, C, H, W] or [N, H, W, C] as DL4J has them, or blocked,
 * [N, C / block, H, W, block], the layout that oneDNN computes in. The block is what a vector register holds or, of few
 * pixels, all channels. Blocked images are honest arrays: whatever works
 * element by element takes them as they are, and whatever else sees five dimensions.
 */
public final class Images {
    private static final int BLOCKED_RANK = 5;
    private static final int PLAIN_RANK = 4;

    /** Of AVX-512, which oneDNN's kernels for pixels need. */
    private static final int WIDEST_BLOCK = 16;

    /** Measured; of more, fewer multiplications count more than reading filters in one go. */
    private static final int FEW_PIXELS = 64;

    /** Measured up to here. */
    private static final int MOST_PIXELS_IN_ONE_BLOCK = 64 * 64;

    private Images() {}

    /** Whether images are blocked. */
    public static boolean areBlocked(INDArray images) {
        return images.rank() == BLOCKED_RANK;
    }

    /** Whether an array is FLOAT images, blocked or in a format, of a number of channels. */
    public static boolean areOf(long channels, INDArray array, CNN2DFormat format) {
        return array.dataType() == DataType.FLOAT
                && (areBlocked(array) || array.rank() == PLAIN_RANK)
                && shape(array, format)[1] == channels;
    }

    /** Whether images are blocked, with all channels in one block that is larger than a register. */
    public static boolean areInOneBlock(INDArray images) {
        return areBlocked(images) && images.size(4) != OneDnn.channelBlock();
    }

    /**
     * Whether convolutions that make images (N, C, H, W) are faster with all channels in one block. Of several small images
     * they are not: oneDNN's kernels read all filters again for each.
     */
    public static boolean areBetterInOneBlock(long[] nchw) {
        return OneDnn.channelBlock() == WIDEST_BLOCK && nchw[0] == 1 && nchw[2] * nchw[3] <= FEW_PIXELS;
    }

    /** Whether images (N, C, H, W) with all channels in one block take no longer than others, but by Winograd's algorithm. */
    public static boolean areAsGoodInOneBlock(long[] nchw) {
        return OneDnn.channelBlock() == WIDEST_BLOCK && nchw[0] == 1 && nchw[2] * nchw[3] <= MOST_PIXELS_IN_ONE_BLOCK;
    }

    /** Whether a number of channels can be blocked without filling up. */
    public static boolean canBeBlocked(long channels) {
        return OneDnn.channelBlock() > 1 && channels % OneDnn.channelBlock() == 0;
    }

    /** (N, C, H, W). */
    public static long[] shape(INDArray images, CNN2DFormat format) {
        long[] s = images.shape();
        if (areBlocked(images)) {
            return new long[] {s[0], s[1] * s[4], s[2], s[3]};
        }
        return format == CNN2DFormat.NCHW ? s : new long[] {s[0], s[3], s[1], s[2]};
    }

    /** The shape that blocked images have without blocks. */
    public static long[] plainShape(INDArray images, CNN2DFormat format) {
        return arrayShape(shape(images, format), format, false);
    }

    /** An array's memory, as images of (N, C, H, W). */
    public static Memory memory(INDArray images, CNN2DFormat format) {
        if (areBlocked(images)) {
            return new Memory(blockedLayout(images, shape(images, format)), dense(images));
        }
        INDArray own = hasOwnElements(images) ? images : images.dup('c');
        return Memory.of(format == CNN2DFormat.NCHW ? own : own.permute(0, 3, 1, 2));
    }

    private static Layout blockedLayout(INDArray blocked, long[] nchw) {
        return areInOneBlock(blocked) ? Layout.pixels(nchw) : Layout.blocked(nchw);
    }

    /** New images, of any content. */
    public static INDArray create(
            LayerWorkspaceMgr workspaces, ArrayType type, long[] nchw, CNN2DFormat format, boolean blocked) {
        return create(workspaces, type, arrayShape(nchw, format, blocked));
    }

    /**
     * A new array, of any content. In a workspace kernels can write to it directly. Elsewhere users get to see it, and it
     * is no part of a larger one, of which ND4J's {@code slice} may return nothing.
     */
    public static INDArray create(LayerWorkspaceMgr workspaces, ArrayType type, long... shape) {
        if (workspaces.isScopedOut(type)) {
            return workspaces.createUninitialized(type, DataType.FLOAT, shape, 'c');
        }
        try (MemoryWorkspace scope = workspaces.notifyScopeBorrowed(type)) {
            return Memory.aligned(shape);
        }
    }

    /** A new array, of any content, that is all of its memory: users may take slices of it. */
    public static INDArray createWhole(LayerWorkspaceMgr workspaces, ArrayType type, long... shape) {
        if (workspaces.isScopedOut(type)) {
            return workspaces.createUninitialized(type, DataType.FLOAT, shape, 'c');
        }
        try (MemoryWorkspace scope = workspaces.notifyScopeBorrowed(type)) {
            return Memory.whole(shape);
        }
    }

    /** The same images without blocks, in the current workspace where that takes a copy. */
    public static INDArray plain(INDArray images, CNN2DFormat format) {
        return areBlocked(images) ? converted(images, format, false) : images;
    }

    /** The same images in blocks where their channels fill blocks up, in the current workspace where that takes a copy. */
    public static INDArray blocked(INDArray images, CNN2DFormat format) {
        return !areBlocked(images) && canBeBlocked(shape(images, format)[1]) ? converted(images, format, true) : images;
    }

    /** The same images in the form of others, in the current workspace where that takes a copy. */
    public static INDArray like(INDArray others, INDArray images, CNN2DFormat format) {
        return areBlocked(images) == areBlocked(others) ? images : converted(images, format, areBlocked(others));
    }

    private static INDArray converted(INDArray images, CNN2DFormat format, boolean blocked) {
        INDArray result = Memory.aligned(arrayShape(shape(images, format), format, blocked));
        Reorder.copy(memory(images, format), memory(result, format));
        return result;
    }

    /** The shape of an array of images (N, C, H, W). */
    public static long[] arrayShape(long[] nchw, CNN2DFormat format, boolean blocked) {
        if (blocked) {
            int block = OneDnn.channelBlock();
            return new long[] {nchw[0], nchw[1] / block, nchw[2], nchw[3], block};
        }
        return format == CNN2DFormat.NCHW ? nchw : new long[] {nchw[0], nchw[2], nchw[3], nchw[1]};
    }

    /** The shape of an array of images (N, C, H, W) in one block. */
    public static long[] pixelsShape(long[] nchw) {
        return new long[] {nchw[0], 1, nchw[2], nchw[3], nchw[1]};
    }

    /** The layout that kernels compute images in: blocked where that fills no block up, otherwise a kernel's choice. */
    public static Layout preferred(long... nchw) {
        return canBeBlocked(nchw[1]) ? Layout.blocked(nchw) : Layout.any(nchw);
    }

    /** An array in c order without gaps: itself or a copy. */
    public static INDArray dense(INDArray array) {
        return isDense(array) ? array : array.dup('c');
    }

    /** Whether an array is in c order without gaps. */
    public static boolean isDense(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }

    /** False of broadcast views, which have many elements in one place. */
    private static boolean hasOwnElements(INDArray array) {
        return Arrays.stream(array.stride()).allMatch(stride -> stride > 0);
    }

    /**
     * Memory in which a kernel can write blocked images that belong into other memory: that memory itself if it is
     * blocked, otherwise new memory of any content.
     */
    public static Memory inBlocks(Memory images) {
        Layout layout = Layout.blocked(images.layout().dims());
        return layout.equals(images.layout()) ? images : Memory.allocate(layout);
    }

    /** A parameter of one number for each channel. */
    public static Memory vector(INDArray array) {
        return new Memory(Layout.dense(array.length()), dense(array));
    }
}
