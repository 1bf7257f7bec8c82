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

    /** @param layout with two dimensions, of the {@link #matrix} */
    Memory in(Layout layout) {
        return copies.computeIfAbsent(layout, wanted -> {
            boolean asMatrix = wanted.dims().length < weights.layout().dims().length;
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                return Recording.without(() -> Reorder.to(wanted, asMatrix ? matrix() : weights));
            }
        });
    }

    /** Those of a convolution, [nOut, nIn, kH, kW], as [kH * kW * nIn, nOut]. */
    private Memory matrix() {
        long[] d = weights.layout().dims();
        Layout rows = Layout.strided(d, new long[] {1, d[0], d[3] * d[1] * d[0], d[1] * d[0]});
        return Reorder.to(rows, weights).as(Layout.dense(d[2] * d[3] * d[1], d[0]));
    }
}
