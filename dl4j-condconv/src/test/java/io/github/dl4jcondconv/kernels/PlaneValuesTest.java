package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PlaneValuesTest {
    private final INDArray images = Nd4j.randn(DataType.FLOAT, 3, 5, 4, 6);

    @Test
    void sumsAreThoseOfPixelsTimesTheFactor() {
        INDArray sums = Nd4j.create(DataType.FLOAT, 3, 5);
        PlaneValues.sum(images, 0.5f, sums);
        // FLOAT sums of 24 pixels of either sign
        assertThat(sums).isCloseTo(images.sum(2, 3).mul(0.5), 1e-5);
    }

    @Test
    void valuesAreAddedToAllPixelsOfTheirPlane() {
        INDArray values = Nd4j.randn(DataType.FLOAT, 3, 5);
        INDArray expected = images.add(values.mul(0.25).reshape(3, 5, 1, 1).broadcast(3, 5, 4, 6));
        PlaneValues.add(values, 0.25f, images);
        assertThat(images).isCloseTo(expected, 1e-6);
    }
}
