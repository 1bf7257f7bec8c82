package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dl4jcondconv.onednn.TransposedProduct.Place;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class TransposedProductTest {
    /** Sums of up to 50 products of numbers of size 1. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "64, 28, 40", "28, 64, 50", "17, 3, 5", "3, 33, 1"})
    void itIsTheProductOfMatricesInsideLargerOnes(int m, int n, int k) {
        INDArray a = Nd4j.randn(DataType.FLOAT, k + 1, m + 3);
        INDArray b = Nd4j.randn(DataType.FLOAT, k + 1, n + 2);
        INDArray c = Nd4j.zeros(DataType.FLOAT, m + 1, n + 1);
        new TransposedProduct(Memory.of(a), Memory.of(b), Memory.of(c))
                .run(m, n, k, new Place(m + 3 + 2, m + 3), new Place(n + 2 + 1, n + 2), new Place(1, n + 1));
        INDArray expected = Nd4j.zeros(DataType.FLOAT, m + 1, n + 1);
        part(expected, 0, m, 1, n)
                .assign(part(a, 1, k, 2, m)
                        .dup()
                        .transpose()
                        .mmul(part(b, 1, k, 1, n).dup()));
        assertThat(c).isCloseTo(expected, ROUNDING);
    }

    private static INDArray part(INDArray matrix, int row, int rows, int column, int columns) {
        return matrix.get(NDArrayIndex.interval(row, row + rows), NDArrayIndex.interval(column, column + columns));
    }

    @Test
    void aMatrixThatReachesBeyondItsMemoryIsRefused() {
        Memory memory = Memory.of(Nd4j.zeros(DataType.FLOAT, 4, 4));
        Place whole = new Place(0, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new TransposedProduct(memory, memory, memory).run(4, 4, 4, whole, whole, new Place(1, 4)))
                .withMessageContaining("is not all in a memory of 16");
    }
}
