package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.Kernels;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Without oneDNN: BLAS reads and writes rows or columns without gaps only. */
class GemmTest {
    /** Matrices of 4 x 6 in all kinds of memory. */
    static Stream<Arguments> matrices() {
        return Stream.of(
                Arguments.of("rows", Nd4j.randn(DataType.FLOAT, 4, 6)),
                Arguments.of("columns", Nd4j.randn(DataType.FLOAT, 6, 4).transpose()),
                Arguments.of("gaps in both", Nd4j.randn(DataType.FLOAT, 4, 6, 2).tensorAlongDimension(0, 0, 1)),
                Arguments.of("broadcast", Nd4j.randn(DataType.FLOAT, 4, 1).broadcast(4, 6)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrices")
    void itReadsAnyMemory(String memory, INDArray a) {
        INDArray b = Nd4j.randn(DataType.FLOAT, 6, 3);
        assertThat(Kernels.withoutOneDnn(() -> Gemm.product(a, b)))
                .isCloseTo(a.dup('c').mmul(b), 1e-6);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matrices")
    void itWritesAnyMemory(String memory, INDArray kind) {
        INDArray a = Nd4j.randn(DataType.FLOAT, 4, 5);
        INDArray b = Nd4j.randn(DataType.FLOAT, 5, 6);
        INDArray c = memory.equals("broadcast") ? kind.dup('f') : kind;
        Kernels.withoutOneDnn(() -> {
            Gemm.product(a, b, c);
            return null;
        });
        assertThat(c).isCloseTo(a.mmul(b), 1e-6);
    }
}
