package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Recording;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/** Weights that do not change any more, in every layout that kernels have asked for. */
final class FixedWeights {
    private final Memory weights;
    private final Map<Layout, Memory> copies = new ConcurrentHashMap<>();

    FixedWeights(Memory weights) {
        this.weights = weights;
    }

    Memory in(Layout layout) {
        return copies.computeIfAbsent(layout, wanted -> {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return Recording.without(() -> Reorder.to(wanted, weights));
            }
        });
    }
}
