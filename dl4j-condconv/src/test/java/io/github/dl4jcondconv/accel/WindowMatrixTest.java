package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class WindowMatrixTest {
    /** Sums of up to 17 * 25 products in another order: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    private static final long OUTPUTS = 33;

    @ParameterizedTest(name = "{0} channels, {1} x {2}, kernel {3}, stride {4}, dilation {5}, padding {6}")
    @CsvSource({
        "16, 1, 1, 1, 1, 1, 0",
        "17, 3, 2, 1, 1, 1, 0",
        "16, 4, 4, 1, 2, 1, 0",
        "5, 5, 4, 1, 3, 1, 1",
        "16, 2, 2, 3, 1, 1, 1",
        "17, 3, 5, 3, 2, 1, 1",
        "16, 3, 3, 3, 1, 2, 2",
        "3, 5, 6, 2, 2, 3, 1",
        "16, 1, 1, 5, 1, 1, 2",
        "4, 1, 2, 3, 2, 1, 2"
    })
    void theProductWithAnAddendAndReluIsTheConvolution(
            long nIn, long h, long w, int kernel, int stride, int dilation, int padding) {
        INDArray x = Nd4j.randn(DataType.FLOAT, 1, nIn, h, w);
        INDArray weights = Nd4j.randn(DataType.FLOAT, OUTPUTS, nIn, kernel, kernel);
        INDArray bias = Nd4j.randn(DataType.FLOAT, OUTPUTS);
        INDArray convolved = convolved(x, weights, bias, kernel, stride, dilation, padding);
        INDArray addend = Nd4j.randn(DataType.FLOAT, convolved.shape());
        Memory y = Memory.allocate(Layout.pixels(convolved.shape()));
        Window window = new Window(kernel, kernel, stride, stride, dilation, dilation, padding, padding);

        new WindowMatrix(window, x.shape(), convolved.shape())
                .forward(
                        PostOps.of(Eltwise.Function.RELU),
                        Memory.of(x),
                        new FixedWeights(Memory.of(weights)),
                        Memory.of(bias),
                        Reorder.to(y.layout(), addend),
                        y);

        INDArray expected = Transforms.relu(convolved.add(addend.castTo(DataType.DOUBLE)));
        assertThat(pixels(y)).isCloseTo(expected.permute(0, 2, 3, 1).dup('c').reshape(-1), ROUNDING);
    }

    @Test
    void withoutBiasAndActivationItIsThePlainProduct() {
        INDArray x = Nd4j.randn(DataType.FLOAT, 1, 16, 2, 2);
        INDArray weights = Nd4j.randn(DataType.FLOAT, OUTPUTS, 16, 1, 1);
        Memory y = Memory.allocate(Layout.pixels(1, OUTPUTS, 2, 2));
        new WindowMatrix(
                        new Window(1, 1, 1, 1, 1, 1, 0, 0),
                        x.shape(),
                        y.layout().dims())
                .forward(PostOps.NONE, Memory.of(x), new FixedWeights(Memory.of(weights)), null, null, y);
        INDArray expected =
                x.reshape(16, 4).transpose().mmul(weights.reshape(OUTPUTS, 16).transpose());
        assertThat(pixels(y)).isCloseTo(expected.dup('c').reshape(-1), ROUNDING);
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 1, true", "4, 3, 1, false", "4, 1, 1, true", "4, 1, 2, true"})
    void itPaysWhereFewTapsAreCopied(long size, int kernel, int stride, boolean pays) {
        long out = size / stride;
        Window window = new Window(kernel, kernel, stride, stride, 1, 1, kernel / 2, kernel / 2);
        assertThat(new WindowMatrix(window, new long[] {1, 16, size, size}, new long[] {1, 16, out, out}).pays())
                .isEqualTo(pays);
    }

    private static INDArray convolved(
            INDArray x, INDArray weights, INDArray bias, int kernel, int stride, int dilation, int padding) {
        return Nd4j.exec(DynamicCustomOp.builder("conv2d")
                .addInputs(x.castTo(DataType.DOUBLE), weights.castTo(DataType.DOUBLE), bias.castTo(DataType.DOUBLE))
                .addIntegerArguments(kernel, kernel, stride, stride, padding, padding, dilation, dilation, 0, 0, 1)
                .build())[0];
    }

    private static INDArray pixels(Memory y) {
        return y.array().reshape(-1);
    }
}
