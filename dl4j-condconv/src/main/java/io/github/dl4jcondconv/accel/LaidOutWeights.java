package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory in which the layers that a thread trains take turns to keep weights, or their gradients, as kernels want them:
 * what the one leaves in the caches the next overwrites there. As large as the largest ones.
 */
final class LaidOutWeights {
    private static final ThreadLocal<LaidOutWeights> EACH = ThreadLocal.withInitial(LaidOutWeights::new);

    /** Bytes; a processor's own cache has room for few lines that lie so far apart, or a multiple of it. */
    private static final int PAGE = 4096;

    /** Numbers, a cache line of them. */
    private static final int GAP = 16;

    private INDArray array;
    private INDArray rows;

    /** For one of any content, valid until the thread asks again. */
    static Memory in(Layout layout) {
        return EACH.get().room(layout);
    }

    /** Weights in another layout: themselves if they lie so, otherwise a copy, valid until the thread asks again. */
    static Memory copy(Layout layout, Memory weights) {
        if (weights.layout().equals(layout)) {
            return weights;
        }
        Memory copy = in(layout);
        Reorder.copy(weights, copy);
        return copy;
    }

    /**
     * Copies gradients from a kernel's layout to where they belong. Kernels' blocks hold some numbers of many rows each; where
     * these begin whole pages apart, rows with gaps between them, and from there whole rows, take half the time.
     */
    static void copyBack(Memory laidOut, Memory gradients) {
        Layout layout = gradients.layout();
        long[] dims = layout.dims();
        long row = layout.elements() / dims[0];
        if (row * Float.BYTES % PAGE != 0 || !layout.equals(Layout.dense(dims))) {
            Reorder.copy(laidOut, gradients);
            return;
        }
        Memory apart = EACH.get().rows(layout, row + GAP);
        Reorder.copy(laidOut, apart);
        Reorder.copy(apart, gradients);
    }

    private Memory room(Layout layout) {
        array = atLeast(layout.elements(), array);
        return new Memory(layout, array);
    }

    /** The same dimensions, without gaps but after each row. */
    private Memory rows(Layout dense, long stride) {
        long[] dims = dense.dims();
        rows = atLeast(dims[0] * stride, rows);
        long[] strides = new long[dims.length];
        long next = 1;
        for (int i = dims.length - 1; i > 0; i--) {
            strides[i] = next;
            next *= dims[i];
        }
        strides[0] = stride;
        return new Memory(Layout.strided(dims, strides), rows);
    }

    private static INDArray atLeast(long elements, INDArray array) {
        if (array != null && array.length() >= elements) {
            return array;
        }
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Memory.aligned(elements);
        }
    }
}
