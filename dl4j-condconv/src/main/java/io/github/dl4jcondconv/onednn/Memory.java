package io.github.dl4jcondconv.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An array's memory, read or written in a layout. The array is referenced as long as this is, so its memory stays.
 *
 * @param layout what is where
 * @param array what holds it
 * @param first elements of the array's memory before the first one of the layout
 */
public record Memory(Layout layout, INDArray array, long first) {
    /** Bytes; stores that bypass the caches fault elsewhere. */
    static final int CACHE_LINE = 64;

    /** @throws IllegalArgumentException if the array is not FLOAT or its memory is too short for the layout */
    public Memory {
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("oneDNN: an array is " + array.dataType() + "; allowed is FLOAT");
        }
        long room = array.data().underlyingLength() - array.offset() - first;
        if (layout.isAny() || first < 0 || layout.extent() > room) {
            throw new IllegalArgumentException("oneDNN: " + layout + " does not fit into the memory of "
                    + Arrays.toString(array.shape()) + ", " + room + " elements from element " + first);
        }
    }

    /** An array's memory from its first element on. */
    public Memory(Layout layout, INDArray array) {
        this(layout, array, 0);
    }

    /** An array as it lies in memory. */
    public static Memory of(INDArray array) {
        return new Memory(Layout.of(array), array);
    }

    /** New memory, in ND4J's current workspace if there is one. */
    public static Memory allocate(Layout layout) {
        return new Memory(layout, aligned(layout.elements()));
    }

    /**
     * A new array of any content in c order, in ND4J's current workspace if there is one, whose first element lies where
     * a cache line begins. Kernels write to other places too, at the price of a copy.
     */
    public static INDArray aligned(long... shape) {
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        // Of a buffer alone: arrays take ND4J longer to make than small kernels run
        DataBuffer buffer = Nd4j.createBuffer(DataType.FLOAT, length + CACHE_LINE / Float.BYTES, false);
        long excess = buffer.addressPointer().address() % CACHE_LINE;
        long offset = excess == 0 ? 0 : (CACHE_LINE - excess) / Float.BYTES;
        return Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), offset, 'c');
    }

    /** A new array of any content in c order, in ND4J's current workspace if there is one, which is all of its memory. */
    static INDArray whole(long... shape) {
        long length = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        DataBuffer buffer = Nd4j.createBuffer(DataType.FLOAT, length, false);
        return Nd4j.create(buffer, shape, Nd4j.getStrides(shape, 'c'), 0, 'c');
    }

    /** The same memory read or written in another way. */
    public Memory as(Layout other) {
        return new Memory(other, array, first);
    }

    /**
     * A box of elements.
     *
     * @param from its first element; of dimensions in blocks the first of a block
     * @param dims its size; of dimensions in blocks whole blocks or all there is
     */
    public Memory part(long[] from, long[] dims) {
        return new Memory(layout.part(from, dims), array, first);
    }

    /** The memory from some element on, in memory order, as another layout. */
    public Memory from(long element, Layout part) {
        return new Memory(part, array, first + element);
    }

    /** Of the first element of the layout; valid as long as this is referenced. */
    Pointer address() {
        Pointer start = array.data().addressPointer();
        return first == 0 ? start : new FloatPointer(start).getPointer(first);
    }
}
