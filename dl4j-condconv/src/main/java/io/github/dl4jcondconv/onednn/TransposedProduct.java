package io.github.dl4jcondconv.onednn;

import java.lang.ref.Reference;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

/**
 * c = a^T b for many small matrices of changing sizes: unlike a {@link Kernel}, nothing is compiled for a size, and a call
 * costs little beside the product. For one thread at a time.
 */
public final class TransposedProduct {
    private final Operand a;
    private final Operand b;
    private final Operand c;

    /** Of matrices inside these, whatever their shapes. */
    public TransposedProduct(Memory a, Memory b, Memory c) {
        this.a = new Operand(a);
        this.b = new Operand(b);
        this.c = new Operand(c);
    }

    /**
     * A matrix inside a memory.
     *
     * @param first elements of the memory before it
     * @param line elements from one of its rows to the next
     */
    public record Place(long first, long line) {}

    /**
     * Computes c[i][j] = sum_k a[k][i] b[k][j].
     *
     * @param m rows of c
     * @param n columns of c
     * @param k rows of a and b, at least 1
     * @throws IllegalArgumentException if a matrix is not all in its memory
     */
    public void run(int m, int n, int k, Place a, Place b, Place c) {
        OneDnn.check(
                dnnl.dnnl_sgemm(
                        (byte) 'T',
                        (byte) 'N',
                        m,
                        n,
                        k,
                        1,
                        this.a.at(a, k, m),
                        a.line,
                        this.b.at(b, k, n),
                        b.line,
                        0,
                        this.c.at(c, m, n),
                        c.line),
                "multiply matrices");
        Reference.reachabilityFence(this);
    }

    /** A memory, and a pointer that moves over it. */
    private static final class Operand {
        private final Memory memory;
        private final FloatPointer pointer;

        Operand(Memory memory) {
            this.memory = memory;
            pointer = new FloatPointer(memory.address()).getPointer(0);
        }

        FloatPointer at(Place place, long rows, long columns) {
            long room = memory.layout().extent();
            if (rows < 1
                    || columns < 1
                    || place.first < 0
                    || place.line < columns
                    || place.first + (rows - 1) * place.line + columns > room) {
                throw new IllegalArgumentException("oneDNN: a matrix of " + rows + " x " + columns + ", " + place
                        + ", is not all in a memory of " + room);
            }
            if (!memory.array().isInScope()) {
                throw new IllegalArgumentException("oneDNN: a matrix belongs to a workspace that has been closed");
            }
            return pointer.position(place.first);
        }
    }
}
