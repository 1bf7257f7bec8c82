package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Memory;
import java.util.Arrays;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory of a network's own, outside workspaces, for outputs of layers that take turns in it. It grows with the largest. */
final class SharedMemory {
    private INDArray elements = allocate(1);

    /** An array in this memory. */
    INDArray array(long... shape) {
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (length > elements.length()) {
            elements = allocate(length);
        }
        return Nd4j.create(elements.data(), shape, Nd4j.getStrides(shape, 'c'), elements.offset(), 'c');
    }

    /** What the memory is now; another object once it has grown. */
    Object identity() {
        return elements;
    }

    private static INDArray allocate(long length) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Memory.aligned(length);
        }
    }
}
