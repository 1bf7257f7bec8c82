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

    private INDArray array;

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

    private Memory room(Layout layout) {
        if (array == null || array.length() < layout.elements()) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                array = Memory.aligned(layout.elements());
            }
        }
        return new Memory(layout, array);
    }
}
