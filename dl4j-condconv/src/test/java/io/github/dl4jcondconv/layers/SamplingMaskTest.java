package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import io.github.dl4jcondconv.layers.Sampling.SamplingBuilder;
import io.github.dl4jcondconv.testing.SmallNets;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.schedule.FixedSchedule;

class SamplingMaskTest {
    private static final int SIDE = 1000;

    private static SamplingBuilder everywhere() {
        return Sampling.builder().gridInterval(null);
    }

    private static SamplingMask layer(SamplingBuilder sampling) {
        return new SamplingMask.Builder().sampling(sampling.build()).build();
    }

    /** The mask of an image of zeros, so that every logit is the bias. */
    private static INDArray mask(SamplingBuilder sampling, double logit, boolean training, int side, DataType type) {
        ComputationGraph net = SmallNets.alone(layer(sampling), type, InputType.convolutional(side, side, 1));
        net.getParam("layer_b").assign(logit);
        Nd4j.getRandom().setSeed(99);
        return net.feedForward(Nd4j.zeros(type, 1, 1, side, side), training).get("layer");
    }

    private static double share(INDArray mask) {
        return mask.gte(0.5).castTo(DataType.DOUBLE).meanNumber().doubleValue();
    }

    private static double probability(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** Four standard errors of the mean of SIDE * SIDE draws. */
    private static Offset<Double> chance(double p) {
        return within(4 * Math.sqrt(p * (1 - p)) / SIDE);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.4", "0.1, 0.4", "0.03, 0.4", "1, -2", "0.03, -2"})
    void positionsAreSampledWithTheirProbabilityAtAnyTemperature(double temperature, double logit) {
        INDArray mask =
                mask(everywhere().temperature(new FixedSchedule(temperature)), logit, true, SIDE, DataType.FLOAT);
        assertThat(share(mask)).isEqualTo(probability(logit), chance(probability(logit)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void inferenceSamplesWithTheSameProbabilityForAnySeed(long seed) {
        INDArray mask = mask(everywhere().seed(seed), 0.4, false, SIDE, DataType.FLOAT);
        assertThat(share(mask)).isEqualTo(probability(0.4), chance(probability(0.4)));
    }

    @Test
    void untrainedMaskSamplesNineteenOfTwentyPositions() {
        ComputationGraph net =
                SmallNets.alone(layer(everywhere()), DataType.FLOAT, InputType.convolutional(SIDE, SIDE, 1));
        double share = share(net.outputSingle(Nd4j.randn(DataType.FLOAT, 1, 1, SIDE, SIDE)));
        assertThat(share).isEqualTo(probability(3), chance(probability(3)));
    }

    @Test
    void inferenceMaskIsBinary() {
        INDArray mask = mask(everywhere(), 0.4, false, 50, DataType.FLOAT);
        assertThat(mask).isEqualTo(mask.gte(0.5).castTo(DataType.FLOAT));
    }

    @Test
    void anImageHasTheSameMaskInEveryBatch() {
        ComputationGraph net = SmallNets.alone(layer(everywhere()), DataType.FLOAT, InputType.convolutional(9, 7, 2));
        net.getParam("layer_W").assign(Nd4j.randn(DataType.FLOAT, 1, 2, 3, 3));
        INDArray images = Nd4j.randn(DataType.FLOAT, 3, 2, 9, 7);
        INDArray second =
                images.get(NDArrayIndex.interval(1, 2), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.all());
        assertThat(net.outputSingle(second))
                .isEqualTo(net.outputSingle(images).slice(1).reshape(1, 1, 9, 7));
    }

    @Test
    void deterministicInferenceTakesWhatIsAtLeastAsLikelyAsNot() {
        SamplingBuilder deterministic = everywhere().inference(Inference.DETERMINISTIC);
        assertThat(share(mask(deterministic, 0, false, 20, DataType.FLOAT))).isOne();
    }

    @Test
    void deterministicInferenceLeavesWhatIsLessLikely() {
        SamplingBuilder deterministic = everywhere().inference(Inference.DETERMINISTIC);
        assertThat(share(mask(deterministic, -0.01, false, 20, DataType.FLOAT))).isZero();
    }

    @Test
    void softInferenceIsTheSoftMaskWhereItIsAtLeastOneHalf() {
        SamplingBuilder soft = everywhere()
                .inference(Inference.DETERMINISTIC)
                .softInference(true)
                .inferenceTemperature(0.5);
        assertThat(mask(soft, 0.4, false, 1, DataType.FLOAT).getDouble(0)).isEqualTo(probability(0.8), within(1e-6));
    }

    /** Of two images, one of a logit that samples half of its positions and one of a logit that samples 1 in 50. */
    private static INDArray masksOfTwoDensities(SamplingBuilder sampling, boolean training) {
        ComputationGraph net = SmallNets.alone(layer(sampling), DataType.FLOAT, InputType.convolutional(40, 40, 1));
        net.getParam("layer_W").assign(0);
        net.getParam("layer_W").putScalar(new int[] {0, 0, 1, 1}, 1);
        net.getParam("layer_b").assign(0);
        INDArray images = Nd4j.zeros(DataType.FLOAT, 2, 1, 40, 40);
        images.slice(1).assign(-4);
        return net.feedForward(images, training).get("layer");
    }

    @Test
    void imagesSampledDenselyEnoughAreSampledEverywhereAtInference() {
        INDArray given = masksOfTwoDensities(everywhere(), false);
        INDArray expected = given.dup();
        expected.slice(0).assign(1);
        assertThat(masksOfTwoDensities(everywhere().denseFrom(0.4), false)).isEqualTo(expected);
    }

    @Test
    void trainingKeepsToTheMaskHoweverDense() {
        assertThat(share(masksOfTwoDensities(everywhere().denseFrom(0.01), true).slice(0)))
                .isLessThan(0.6);
    }

    @Test
    void denseFromMoreThanAllPositionsIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallNets.alone(
                        layer(everywhere().denseFrom(1.5)), DataType.FLOAT, InputType.convolutional(6, 6, 2)))
                .withMessage("SamplingMask \"layer\": denseFrom is 1.5, allowed: above 0 and at most 1, or null");
    }

    @Test
    void straightThroughTrainsWithTheBinaryMask() {
        INDArray mask = mask(everywhere().straightThrough(true), 0.4, true, 50, DataType.FLOAT);
        assertThat(mask).isEqualTo(mask.gte(0.5).castTo(DataType.FLOAT));
    }

    @Test
    void straightThroughSamplesWhatTheSoftMaskWould() {
        INDArray soft = mask(everywhere(), 0.4, true, 50, DataType.FLOAT);
        INDArray hard = mask(everywhere().straightThrough(true), 0.4, true, 50, DataType.FLOAT);
        assertThat(hard).isEqualTo(soft.gte(0.5).castTo(DataType.FLOAT));
    }

    @Test
    void deterministicGateTrainsWithoutNoise() {
        INDArray mask = mask(everywhere().gate(Gate.DETERMINISTIC), 0.4, true, 1, DataType.FLOAT);
        assertThat(mask.getDouble(0)).isEqualTo(probability(0.4), within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"-0.5, 0", "0.25, 0.25", "3, 1"})
    void reluGateIsTheLogitBetweenZeroAndOne(double logit, double expected) {
        INDArray mask = mask(everywhere().gate(Gate.RELU), logit, false, 1, DataType.FLOAT);
        assertThat(mask.getDouble(0)).isEqualTo(expected);
    }

    @Test
    void uniformGateSamplesTheGridAlone() {
        SamplingMask layer = layer(Sampling.builder().gate(Gate.UNIFORM).gridInterval(3));
        INDArray mask = SmallNets.alone(layer, DataType.FLOAT, InputType.convolutional(4, 5, 1))
                .outputSingle(Nd4j.randn(DataType.FLOAT, 1, 1, 4, 5));
        assertThat(mask.reshape(4, 5).toFloatMatrix())
                .isDeepEqualTo(new float[][] {{1, 0, 0, 1, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {1, 0, 0, 1, 0}});
    }

    @Test
    void gridIsSampledWhateverTheLogits() {
        INDArray mask = mask(Sampling.builder().gridInterval(11), -50, false, 23, DataType.FLOAT);
        assertThat(mask.sumNumber().intValue()).isEqualTo(9);
    }

    /** A 7x7 window around a position of an 11-grid's cell holds a grid position for 49 of the 121. */
    @Test
    void aWindowOfSevenFindsAGridOfElevenFromFortyNineOfTheCellsPositions() {
        INDArray grid = mask(Sampling.builder().gridInterval(11), -50, false, 33, DataType.FLOAT);
        int covered = 0;
        for (int row = 11; row < 22; row++) {
            for (int column = 11; column < 22; column++) {
                INDArray window = grid.get(
                        NDArrayIndex.point(0),
                        NDArrayIndex.point(0),
                        NDArrayIndex.interval(row - 3, row + 4),
                        NDArrayIndex.interval(column - 3, column + 4));
                covered += window.sumNumber().doubleValue() > 0 ? 1 : 0;
            }
        }
        assertThat(covered).isEqualTo(49);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void strideGivesTheSizeOfASameConvolution(CNN2DFormat format) {
        SamplingMask layer = new SamplingMask.Builder().stride(2).build();
        INDArray mask = SmallNets.alone(layer, DataType.FLOAT, InputType.convolutional(7, 6, 2, format))
                .outputSingle(SmallNets.image(DataType.FLOAT, format, 2, 2, 7, 6));
        assertThat(mask.shape())
                .isEqualTo(format == CNN2DFormat.NHWC ? new long[] {2, 4, 3, 1} : new long[] {2, 1, 4, 3});
    }

    @ParameterizedTest
    @ValueSource(doubles = {-20, 20})
    void halfPrecisionMasksAreNumbersAtExtremeLogits(double logit) {
        SamplingBuilder cold = everywhere().temperature(new FixedSchedule(1e-9));
        assertThat(mask(cold, logit, true, 100, DataType.FLOAT16).isNaN().any()).isFalse();
    }

    @Test
    void gridIntervalZeroIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingMask.Builder()
                        .name("mask1")
                        .sampling(Sampling.builder().gridInterval(0).build())
                        .build())
                .withMessage("SamplingMask \"mask1\": gridInterval is 0, allowed: at least 1, or null");
    }

    @Test
    void temperatureZeroIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallNets.alone(
                        layer(everywhere().temperature(new FixedSchedule(0))),
                        DataType.FLOAT,
                        InputType.convolutional(6, 6, 2)))
                .withMessage("SamplingMask \"layer\": temperature at the first step is 0.0, allowed: above 0");
    }

    @Test
    void inferenceTemperatureZeroIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallNets.alone(
                        layer(everywhere().inferenceTemperature(0)), DataType.FLOAT, InputType.convolutional(6, 6, 2)))
                .withMessage("SamplingMask \"layer\": inferenceTemperature is 0.0, allowed: above 0");
    }

    @Test
    void uniformGateWithoutAGridIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallNets.alone(
                        layer(everywhere().gate(Gate.UNIFORM)), DataType.FLOAT, InputType.convolutional(6, 6, 2)))
                .withMessageContaining("gridInterval is null");
    }

    @Test
    void activationFunctionIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplingMask.Builder()
                        .name("mask")
                        .activation(Activation.RELU)
                        .build())
                .withMessageContaining("activation is relu");
    }

    @Test
    void secondChannelIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new SamplingMask.Builder().name("mask").nOut(2).build())
                .withMessage("SamplingMask \"mask\": nOut is 2, allowed: 1");
    }

    @Test
    void networksActivationFunctionDoesNotReachTheMask() {
        INDArray mask = mask(everywhere(), 50, false, 3, DataType.FLOAT);
        assertThat(mask).isEqualTo(Nd4j.ones(DataType.FLOAT, 1, 1, 3, 3));
    }
}
