package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Memory;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Working memory for rows of numbers that Java and native code both read and write; each thread has its own. */
final class Rows {
    /** What rows are for; a thread has one memory for each. */
    enum Use {
        IMAGE,
        WINDOWS,
        PRODUCTS,
        OUTPUT,
        FEATURES,
        MATRIX,
        KERNELS,
        COLUMNS
    }

    private static final ThreadLocal<Map<Use, Rows>> OF_THREAD =
            ThreadLocal.withInitial(() -> new EnumMap<>(Use.class));
    private static final float[] ZEROS = new float[1 << 14];

    private final INDArray array;
    private final FloatBuffer numbers;

    private Rows(INDArray array) {
        this.array = array;
        numbers = buffer(array);
    }

    /** An array in C order as Java sees it; valid as long as the array is referenced. */
    static FloatBuffer buffer(INDArray array) {
        // A copy of the pointer: its capacity is its own
        FloatPointer pointer = new FloatPointer(array.data().addressPointer());
        return pointer.capacity(array.length()).asBuffer();
    }

    /** The calling thread's memory, of any content, for at least so many numbers. */
    static Rows of(Use use, long numbers) {
        Map<Use, Rows> all = OF_THREAD.get();
        Rows rows = all.get(use);
        if (rows == null || rows.array.length() < numbers) {
            Math.multiplyExact(Math.toIntExact(numbers), Float.BYTES); // what a buffer can index
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                rows = new Rows(Memory.aligned(numbers));
            }
            all.put(use, rows);
        }
        return rows;
    }

    /** The memory as one vector. */
    INDArray array() {
        return array;
    }

    /** The memory as one vector, for kernels. */
    Memory memory() {
        return Memory.of(array);
    }

    /** The memory as Java sees it. */
    FloatBuffer numbers() {
        return numbers;
    }

    void clear(int from, int to) {
        for (int i = from; i < to; i += ZEROS.length) {
            numbers.put(i, ZEROS, 0, Math.min(ZEROS.length, to - i));
        }
    }
}
