package io.github.dl4jcondconv.fusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The algebra is checked on one window: a convolution's answer at one place is kernel . window + bias. */
class KernelBiasTest {
    private static final int OUT = 3;
    private static final int IN = 2;

    /** Some tens of double operations on numbers of order one round by less than this. */
    private static final double ROUNDING = 1e-13;

    private final KernelBias three = random(OUT, IN, 3, 3);
    private final INDArray window = Nd4j.randn(DataType.DOUBLE, IN, 3, 3);

    @Test
    void foldingAnswersAsConvolutionThenNormalisation() {
        INDArray gamma = Nd4j.randn(DataType.DOUBLE, OUT);
        INDArray beta = Nd4j.randn(DataType.DOUBLE, OUT);
        INDArray mean = Nd4j.randn(DataType.DOUBLE, OUT);
        INDArray var = Nd4j.rand(DataType.DOUBLE, OUT).addi(0.1);

        INDArray normalised = answer(three, window)
                .sub(mean)
                .div(Transforms.sqrt(var.add(1e-3)))
                .mul(gamma)
                .add(beta);

        assertClose(answer(three.fold(gamma, beta, mean, var, 1e-3), window), normalised);
    }

    @Test
    void foldingTakesRowVectorsAsDl4jKeepsThem() {
        INDArray row = Nd4j.ones(DataType.FLOAT, 1, OUT);
        assertClose(answer(three.fold(row, row, row, row, 0), window), answer(three, window));
    }

    @Test
    void aMapOfTheInputComesBefore() {
        ChannelAffine map = randomMap(IN);
        assertClose(answer(three.after(map), window), answer(three, mapped(map, window)));
    }

    @Test
    void aMapOfTheInputMeetsTheChannelsOfItsGroup() {
        KernelBias depthwise = random(2 * IN, 1, 3, 3);
        ChannelAffine map = randomMap(IN);
        INDArray mapped = mapped(map, window);
        INDArray expected = Nd4j.create(DataType.DOUBLE, 2 * IN);
        INDArray actual = Nd4j.create(DataType.DOUBLE, 2 * IN);
        for (int o = 0; o < 2 * IN; o++) {
            var channel = NDArrayIndex.interval(o / 2, o / 2 + 1);
            expected.putScalar(o, answer(depthwise, mapped.get(channel)).getDouble(o));
            actual.putScalar(
                    o, answer(depthwise.after(map), window.get(channel)).getDouble(o));
        }
        assertClose(actual, expected);
    }

    @Test
    void sumsAnswerWithTheSum() {
        KernelBias other = random(OUT, IN, 3, 3);
        assertClose(answer(three.plus(other), window), answer(three, window).add(answer(other, window)));
    }

    @Test
    void paddingAKernelKeepsItsCentre() {
        KernelBias row = random(OUT, IN, 1, 3);
        INDArray middle = window.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 2), NDArrayIndex.all());
        assertClose(answer(row.padTo(3, 3), window), answer(row, middle));
    }

    @Test
    void composesWithOneByOneAfter() {
        KernelBias one = random(4, OUT, 1, 1);
        INDArray between = answer(three, window).reshape(OUT, 1, 1);
        assertClose(answer(three.then(one), window), answer(one, between));
    }

    @Test
    void composesWithOneByOneBefore() {
        KernelBias one = random(IN, 4, 1, 1);
        INDArray wide = Nd4j.randn(DataType.DOUBLE, 4, 3, 3);
        INDArray between = Nd4j.create(DataType.DOUBLE, IN, 3, 3);
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                INDArray pixel =
                        wide.get(NDArrayIndex.all(), NDArrayIndex.interval(y, y + 1), NDArrayIndex.interval(x, x + 1));
                between.put(
                        new org.nd4j.linalg.indexing.INDArrayIndex[] {
                            NDArrayIndex.all(), NDArrayIndex.point(y), NDArrayIndex.point(x)
                        },
                        answer(one, pixel));
            }
        }
        assertClose(answer(one.then(three), wide), answer(three, between));
    }

    @Test
    void theIdentityGivesItsInput() {
        INDArray pixel = Nd4j.randn(DataType.DOUBLE, IN, 1, 1);
        assertClose(answer(KernelBias.identity(IN), pixel), pixel.reshape(IN));
    }

    @Test
    void averagingGivesTheMeanOfTheWindow() {
        assertClose(answer(KernelBias.averaging(IN, 3, 3), window), window.mean(1, 2));
    }

    @Test
    void castsOnlyAtTheEnd() {
        INDArray third = Nd4j.valueArrayOf(new long[] {1}, 1.0 / 3, DataType.DOUBLE);
        INDArray zero = Nd4j.zeros(DataType.DOUBLE, 1);
        INDArray one = Nd4j.ones(DataType.DOUBLE, 1);
        KernelBias value = KernelBias.of(Nd4j.ones(DataType.FLOAT16, 1, 1, 1, 1), null)
                .fold(third, zero, zero, one, 0)
                .fold(third, zero, zero, one, 0);
        assertThat(value.kernel(DataType.DOUBLE).getDouble(0)).isEqualTo((1.0 / 3) * (1.0 / 3));
    }

    @Test
    void doesNotChangeWhenItsArraysAreWrittenTo() {
        INDArray before = three.kernel(DataType.DOUBLE);
        three.kernel(DataType.DOUBLE).addi(1);
        assertThat(three.kernel(DataType.DOUBLE)).isEqualTo(before);
    }

    @Test
    void refusesAKernelThatHasNoCentreInTheNewSize() {
        assertThatThrownBy(() -> random(1, 1, 2, 2).padTo(3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x2")
                .hasMessageContaining("3x3");
    }

    @Test
    void refusesASumOfKernelsOfDifferentSize() {
        assertThatThrownBy(() -> three.plus(random(OUT, IN, 1, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[3, 2, 1, 3]");
    }

    @Test
    void refusesAVarianceThatIsNotPositive() {
        INDArray ones = Nd4j.ones(DataType.DOUBLE, OUT);
        assertThatThrownBy(() -> three.fold(ones, ones, ones, ones.neg(), 1e-5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("variance -1.0 of channel 0");
    }

    private static KernelBias random(int nOut, int nIn, int kH, int kW) {
        return KernelBias.of(Nd4j.randn(DataType.DOUBLE, nOut, nIn, kH, kW), Nd4j.randn(DataType.DOUBLE, nOut));
    }

    private static ChannelAffine randomMap(int channels) {
        return ChannelAffine.of(
                Nd4j.randn(DataType.DOUBLE, channels).toDoubleVector(),
                Nd4j.randn(DataType.DOUBLE, channels).toDoubleVector());
    }

    private static INDArray mapped(ChannelAffine map, INDArray window) {
        INDArray mapped = window.dup();
        for (int c = 0; c < map.channels(); c++) {
            mapped.slice(c).muli(map.scale(c)).addi(map.shift(c));
        }
        return mapped;
    }

    private static INDArray answer(KernelBias convolution, INDArray window) {
        INDArray kernel = convolution.kernel(DataType.DOUBLE);
        INDArray filters = kernel.reshape('c', kernel.size(0), -1);
        return filters.mmul(window.dup('c').reshape(window.length())).add(convolution.bias(DataType.DOUBLE));
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        assertThat(actual.distance1(expected)).isCloseTo(0, within(ROUNDING));
    }
}
