package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class SoftmaxTest {
    /** Two exponentials and a sum of up to 100 numbers: some roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 10", "3, 17", "64, 100"})
    void rowsBecomeThoseOfNd4jInDouble(long rows, long columns) {
        INDArray x = Nd4j.randn(DataType.FLOAT, rows, columns).muli(20);
        INDArray expected = Transforms.softmax(x.castTo(DataType.DOUBLE));
        Softmax.apply(x);
        assertThat(x).isCloseTo(expected, ROUNDING);
    }
}
