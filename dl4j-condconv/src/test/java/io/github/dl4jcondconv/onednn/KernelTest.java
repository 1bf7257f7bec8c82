package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.SRC_1;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class KernelTest {
    /** Sums of up to 16 * 9 products in another order, and Winograd's transforms: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    @ParameterizedTest(name = "{0} x {1} x {3} x {4}, nOut {2}, kernel {5}, stride {6}, dilation {7}, padding {8}")
    @CsvSource({
        "1, 1, 1, 1, 1, 1, 1, 1, 0",
        "2, 3, 5, 7, 6, 3, 1, 1, 1",
        "2, 16, 32, 9, 8, 3, 2, 1, 1",
        "1, 17, 33, 11, 10, 3, 1, 2, 2",
        "3, 16, 16, 8, 8, 1, 2, 1, 0",
        "8, 16, 16, 16, 16, 3, 1, 1, 1"
    })
    void aConvolutionAndItsGradientsAreThoseOfNd4jInDouble(
            long n, long nIn, long nOut, long h, long w, int kernel, int stride, int dilation, int padding) {
        INDArray x = Nd4j.randn(DataType.FLOAT, n, nIn, h, w);
        INDArray weights = Nd4j.randn(DataType.FLOAT, nOut, nIn, kernel, kernel);
        INDArray bias = Nd4j.randn(DataType.FLOAT, nOut);
        int[] options = {kernel, kernel, stride, stride, padding, padding, dilation, dilation, 0, 0, 1};
        INDArray y = exec("conv2d", options, x, weights, bias)[0];
        INDArray dy = Nd4j.randn(DataType.FLOAT, y.shape());
        INDArray[] expected = exec("conv2d_bp", options, x, weights, bias, dy);

        Convolution convolution = new Convolution(
                Layout.any(x.shape()),
                Layout.any(weights.shape()),
                true,
                Layout.any(y.shape()),
                new Window(kernel, kernel, stride, stride, dilation, dilation, padding, padding));
        assertThat(result(convolution.forward(true, PostOps.NONE), DST, Map.of(SRC, x, WEIGHTS, weights, BIAS, bias)))
                .isCloseTo(y, ROUNDING);
        assertThat(result(convolution.backwardData(), DIFF_SRC, Map.of(DIFF_DST, dy, WEIGHTS, weights)))
                .isCloseTo(expected[0], ROUNDING);
        assertThat(result(convolution.backwardWeights(), DIFF_WEIGHTS, Map.of(SRC, x, DIFF_DST, dy)))
                .isCloseTo(expected[1], ROUNDING);
        assertThat(result(convolution.backwardWeights(), DIFF_BIAS, Map.of(SRC, x, DIFF_DST, dy)))
                .isCloseTo(expected[2], ROUNDING);
    }

    @Test
    void equalOperationsShareAKernel() {
        assertThat(relu(2, 3).forward()).isSameAs(relu(2, 3).forward());
    }

    @Test
    void anArrayInAnotherLayoutIsRefused() {
        Memory wrong = Memory.of(Nd4j.ones(DataType.FLOAT, 3, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> relu(2, 3).forward().run(Map.of(SRC, wrong, DST, wrong)))
                .withMessageContaining("must be [2, 3]")
                .withMessageContaining("not [3, 2]");
    }

    @Test
    void aMissingArgumentIsNamed() {
        Memory some = Memory.of(Nd4j.ones(DataType.FLOAT, 2, 3));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> relu(2, 3).forward().run(Map.of(SRC, some)))
                .withMessageContaining("[SRC, DST], not [SRC]");
    }

    @Test
    void anArrayOfAnotherTypeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Memory.of(Nd4j.ones(DataType.DOUBLE, 2)))
                .withMessageContaining("DOUBLE; allowed is FLOAT");
    }

    @Test
    void aLayoutThatReachesBeyondAViewsMemoryIsRefused() {
        INDArray tail = Nd4j.ones(DataType.FLOAT, 4, 3).slice(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Memory(Layout.dense(7), tail))
                .withMessageContaining("6 elements from element 0");
    }

    @Test
    void aViewIsReadWhereItLies() {
        INDArray view = Nd4j.rand(DataType.FLOAT, 5, 6).get(NDArrayIndex.interval(1, 4), NDArrayIndex.interval(2, 6));
        INDArray copy = Nd4j.create(DataType.FLOAT, 3, 4);
        Reorder.copy(Memory.of(view), Memory.of(copy));
        assertThat(copy).isEqualTo(view);
    }

    @Test
    void stacksAreComputedFromTheirFirstElementOn() {
        INDArray values = Memory.aligned(48).assign(-1);
        Kernel kernel = relu(16).forward();
        Memory stack = new Memory(kernel.layout(Argument.SRC).stacked(2), values, 16);
        kernel.runEach(2, Map.of(Argument.SRC, stack, Argument.DST, stack));
        assertThat(values.sumNumber().intValue()).isEqualTo(-16);
    }

    @ParameterizedTest
    @CsvSource({"2,1,3,7", "2,5,1,7", "1,2,3,1", "1,1,1,1"})
    void aNumberForEachChannelIsAddedAlongDimensionsOfSizeOneToo(long n, long c, long h, long w) {
        INDArray sum = Nd4j.zeros(DataType.FLOAT, n, c, h, w);
        INDArray numbers = Nd4j.ones(DataType.FLOAT, 1, c, 1, 1);
        Kernel kernel = new Binary(Binary.Operation.ADD, Layout.of(sum), Layout.of(numbers)).kernel(PostOps.NONE);
        kernel.run(Map.of(SRC, Memory.of(sum), SRC_1, Memory.of(numbers), DST, Memory.of(sum)));
        assertThat(sum).isEqualTo(Nd4j.ones(DataType.FLOAT, n, c, h, w));
    }

    private static Eltwise relu(long... shape) {
        return new Eltwise(Eltwise.Function.RELU, Layout.dense(shape));
    }

    /** Runs a kernel on copies of arrays in the layouts that it wants; returns one of the results in c order. */
    private static INDArray result(Kernel kernel, Argument wanted, Map<Argument, INDArray> inputs) {
        EnumMap<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        for (Argument argument : Argument.values()) {
            if (kernel.has(argument)) {
                Layout layout = kernel.layout(argument);
                arguments.put(
                        argument,
                        inputs.containsKey(argument)
                                ? Reorder.to(layout, inputs.get(argument))
                                : Memory.allocate(layout));
            }
        }
        kernel.run(arguments);
        INDArray result = Nd4j.create(DataType.FLOAT, kernel.layout(wanted).dims());
        Reorder.copy(arguments.get(wanted), Memory.of(result));
        return result;
    }

    private static INDArray[] exec(String op, int[] options, INDArray... inputs) {
        INDArray[] doubles = new INDArray[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            doubles[i] = inputs[i].castTo(DataType.DOUBLE);
        }
        return Nd4j.exec(DynamicCustomOp.builder(op)
                .addInputs(doubles)
                .addIntegerArguments(options)
                .build());
    }
}
