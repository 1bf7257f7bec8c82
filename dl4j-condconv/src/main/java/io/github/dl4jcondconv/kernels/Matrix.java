package io.github.dl4jcondconv.kernels;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Numbers in an array's memory as a matrix that BLAS can read: those of a row or those of a column are neighbours. The
 * array is referenced as long as this is, so its memory stays.
 *
 * @param first elements of the array's memory before the matrix's first one
 * @param rowStep elements from a row to the next
 * @param columnStep elements from a column to the next
 */
record Matrix(INDArray array, long first, int rows, int columns, int rowStep, int columnStep) {

    /** @throws IllegalArgumentException if the array is not FLOAT or its memory is too short, or BLAS cannot read this */
    Matrix {
        if (array.dataType() != DataType.FLOAT) {
            throw new IllegalArgumentException("BLAS: an array is " + array.dataType() + "; allowed is FLOAT");
        }
        long room = array.data().underlyingLength() - array.offset() - first;
        long extent = (rows - 1L) * rowStep + (columns - 1L) * columnStep + 1;
        if (first < 0 || rows < 1 || columns < 1 || rowStep < 1 || columnStep < 1 || extent > room) {
            throw new IllegalArgumentException("BLAS: %d rows of %d, steps %d and %d, do not fit into %d elements"
                    .formatted(rows, columns, rowStep, columnStep, room));
        }
        if (rowStep != 1 && columnStep != 1) {
            throw new IllegalArgumentException("BLAS: neither rows nor columns lie without gaps");
        }
    }

    /** The rows and columns of an array. */
    static Matrix of(INDArray matrix) {
        return new Matrix(
                matrix,
                0,
                Math.toIntExact(matrix.size(0)),
                Math.toIntExact(matrix.size(1)),
                Math.toIntExact(matrix.stride(0)),
                Math.toIntExact(matrix.stride(1)));
    }

    /** An array without gaps, in C order, as rows one after another. */
    static Matrix of(INDArray dense, long rows) {
        return of(dense, 0, rows, dense.length() / rows);
    }

    /** Rows one after another from an element of an array on. */
    static Matrix of(INDArray array, long first, long rows, long columns) {
        int width = Math.toIntExact(columns);
        return new Matrix(array, first, Math.toIntExact(rows), width, width, 1);
    }

    Matrix transposed() {
        return new Matrix(array, first, columns, rows, columnStep, rowStep);
    }

    /** Some neighbouring rows. */
    Matrix rows(int from, int count) {
        return new Matrix(array, first + (long) from * rowStep, count, columns, rowStep, columnStep);
    }

    /** Some neighbouring columns. */
    Matrix columns(int from, int count) {
        return new Matrix(array, first + (long) from * columnStep, rows, count, rowStep, columnStep);
    }

    /** Rows with the numbers up to the next one. */
    Matrix withGaps() {
        return new Matrix(array, first, rows, rowStep, rowStep, columnStep);
    }

    /**
     * The numbers of a matrix without gaps, row by row, as Java sees them; valid as long as this is referenced.
     *
     * @throws IllegalArgumentException if it has gaps
     */
    FloatBuffer numbers() {
        if (columnStep != 1 || rowStep != columns) {
            throw new IllegalArgumentException("a matrix has gaps");
        }
        return address().capacity((long) rows * columns).asBuffer();
    }

    /** Of the first element; valid as long as this is referenced. */
    FloatPointer address() {
        FloatPointer start = new FloatPointer(array.data().addressPointer());
        return first == 0 ? start : start.getPointer(first);
    }
}
