package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import java.util.List;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Some neighbouring examples of a batch. */
record Examples(long from, long size) {
    /** Measured; more kernels at a time leave the cache, fewer make threads wait for each other more often. */
    private static final long FEW = 8;

    /**
     * All examples, few at a time.
     *
     * @param weights [N, E]
     */
    static List<Examples> few(INDArray weights) {
        return cut(weights.size(0), FEW);
    }

    /** All examples, at most so many at a time. */
    static List<Examples> cut(long all, long most) {
        return LongStream.iterate(0, from -> from < all, from -> from + most)
                .mapToObj(from -> new Examples(from, Math.min(most, all - from)))
                .toList();
    }

    /**
     * Their part of an array.
     *
     * @param all without gaps; the first dimension counts the examples
     */
    Memory of(Memory all) {
        long[] dims = all.layout().dims();
        dims[0] = size;
        return of(all, Layout.dense(dims));
    }

    /**
     * Their part of memory that has the same for each example, one after another.
     *
     * @param theirs its layout
     */
    Memory of(Memory all, Layout theirs) {
        return all.from(from * (theirs.elements() / size), theirs);
    }

    /** Their rows of a matrix [N, columns] without gaps, transposed. */
    Memory columns(Memory matrix) {
        long line = matrix.layout().dims()[1];
        return of(matrix, Layout.strided(new long[] {line, size}, new long[] {1, line}));
    }
}
