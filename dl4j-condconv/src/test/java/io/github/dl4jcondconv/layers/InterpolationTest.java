package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.Interpolation.Method;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SampledNets;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class InterpolationTest {
    // The weighted mean of 49 doubles near 1
    private static final double ROUNDING = 1e-12;
    private static final double EPS = 1e-5;

    private final INDArray features = Nd4j.randn(DataType.DOUBLE, 2, 3, 9, 8);

    private static InputTypeConvolutional type(long height, long width, long channels) {
        return (InputTypeConvolutional) InputType.convolutional(height, width, channels);
    }

    private static ComputationGraph net(Method method, int window, DataType type) {
        return SampledNets.alone(
                new Interpolation.Builder(method).window(window).build(), type, type(9, 8, 3));
    }

    /** The value at a position whose only sampled neighbour, of value 1, lies so many rows and columns away. */
    private static double fromOneNeighbour(double sigma, int rows, int columns) {
        ComputationGraph net = SampledNets.alone(new Interpolation.Builder().build(), DataType.DOUBLE, type(9, 9, 1));
        net.getParam("layer_sigma").assign(sigma);
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, 1, 1, 9, 9);
        mask.putScalar(0, 0, 4, 4, 1);
        return SampledNets.output(net, Nd4j.ones(DataType.DOUBLE, 1, 1, 9, 9), mask)
                .getDouble(0, 0, 4 + rows, 4 + columns);
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 1", "3, -1, 1", "0.7, 2, 1", "-0.7, 0, 3", "0.2, -3, -3"})
    void weightsFollowTheRadialBasisFunction(double sigma, int rows, int columns) {
        double squared = rows * rows + columns * columns;
        double weight = sigma * sigma / (2 * Math.PI) * Math.exp(-sigma * sigma * squared / 2);
        assertThat(fromOneNeighbour(sigma, rows, columns)).isEqualTo(weight / (weight + EPS), within(ROUNDING));
    }

    @Test
    void aNeighbourTwoPixelsAwayHardlyCountsAtFirst() {
        assertThat(fromOneNeighbour(3, 0, 2)).isEqualTo(0.0022, within(0.00005));
    }

    @Test
    void aNeighbourOutsideTheWindowDoesNotCount() {
        assertThat(fromOneNeighbour(0.2, 4, 0)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void aMaskOfOnesChangesNothing(Method method) {
        INDArray filled =
                SampledNets.output(net(method, 7, DataType.DOUBLE), features, Nd4j.ones(DataType.DOUBLE, 2, 1, 9, 8));
        assertThat(filled).isEqualTo(features);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void sampledPositionsKeepTheirValues(Method method) {
        INDArray mask = Nd4j.rand(DataType.DOUBLE, 2, 1, 9, 8).gte(0.6).castTo(DataType.DOUBLE);
        INDArray filled = SampledNets.output(net(method, 5, DataType.DOUBLE), features, mask);
        assertThat(filled.mul(mask)).isEqualTo(features.mul(mask));
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void featuresThatAreNotSampledDoNotCount(Method method) {
        INDArray mask = Nd4j.rand(DataType.DOUBLE, 2, 1, 9, 8).gte(0.6).castTo(DataType.DOUBLE);
        INDArray other = features.add(mask.rsub(1).mul(1000));
        ComputationGraph net = net(method, 5, DataType.DOUBLE);
        INDArray filled = SampledNets.output(net, features, mask);
        assertThat(SampledNets.output(net, other, mask)).isEqualTo(filled);
    }

    @Test
    void averageIsTheMeanOfTheWindowsSampledPositions() {
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, 1, 1, 9, 8);
        mask.putScalar(0, 0, 2, 2, 1).putScalar(0, 0, 3, 4, 1).putScalar(0, 0, 8, 7, 1);
        INDArray one = features.get(NDArrayIndex.interval(0, 1));
        double mean = (one.getDouble(0, 1, 2, 2) + one.getDouble(0, 1, 3, 4)) / (2 + EPS);
        INDArray filled = SampledNets.output(net(Method.AVERAGE, 3, DataType.DOUBLE), one, mask);
        assertThat(filled.getDouble(0, 1, 2, 3)).isEqualTo(mean, within(ROUNDING));
    }

    @Test
    void learnedWeightsCountByTheirAbsoluteValue() {
        ComputationGraph net = net(Method.LEARNED, 3, DataType.DOUBLE);
        INDArray mask = Nd4j.rand(DataType.DOUBLE, 2, 1, 9, 8).gte(0.6).castTo(DataType.DOUBLE);
        INDArray kernel = net.getParam("layer_kernel");
        kernel.assign(Nd4j.randn(DataType.DOUBLE, 3, 3));
        INDArray filled = SampledNets.output(net, features, mask);
        kernel.negi();
        assertThat(SampledNets.output(net, features, mask)).isEqualTo(filled);
    }

    @Test
    void withoutAMethodUnsampledPositionsAreZero() {
        INDArray mask = Nd4j.rand(DataType.DOUBLE, 2, 1, 9, 8).gte(0.6).castTo(DataType.DOUBLE);
        INDArray filled = SampledNets.output(net(Method.NONE, 7, DataType.DOUBLE), features, mask);
        assertThat(filled).isEqualTo(features.mul(mask));
    }

    @Test
    void nhwcIsThePermutedNchw() {
        ComputationGraph nhwc =
                SampledNets.alone(new Interpolation.Builder().build(), DataType.DOUBLE, (InputTypeConvolutional)
                        InputType.convolutional(9, 8, 3, CNN2DFormat.NHWC));
        INDArray mask = Nd4j.rand(DataType.DOUBLE, 2, 1, 9, 8);
        INDArray expected = SampledNets.output(net(Method.RBF, 7, DataType.DOUBLE), features, mask);
        INDArray filled = SampledNets.output(
                nhwc,
                features.permute(0, 2, 3, 1).dup(),
                mask.permute(0, 2, 3, 1).dup());
        assertThat(filled.permute(0, 3, 1, 2)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void halfPrecisionGradientsAreNumbersWhereNoPositionOrEveryPositionIsSampled(double sampled) {
        ComputationGraph net = SmallNets.built(SmallNets.withSource(
                new Interpolation.Builder().build(),
                new SamplingMask.Builder()
                        .sampling(Sampling.builder().gridInterval(null).build())
                        .build(),
                SmallNets.global(DataType.FLOAT16, new NoOp()),
                InputType.convolutional(7, 6, 2)));
        net.getParam("source_b").assign(sampled == 0 ? -20 : 20);
        net.fit(SmallNets.batch(DataType.FLOAT16, 2, 7, 6));
        assertThat(net.params().isNaN().any()).isFalse();
    }

    @Test
    void anEvenWindowIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Interpolation.Builder().name("fill").window(4).build())
                .withMessage("Interpolation \"fill\": window is 4, allowed: odd numbers");
    }

    @Test
    void aMaskOfAnotherSizeIsRejectedByName() {
        ComputationGraph net = net(Method.RBF, 7, DataType.DOUBLE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampledNets.output(net, features, Nd4j.ones(DataType.DOUBLE, 2, 1, 9, 7)))
                .withMessage("Interpolation \"layer\": mask is [2, 1, 9, 7], allowed: [2, 1, 9, 8], one"
                        + " channel of the size of its features");
    }
}
