package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;

/** With the side branches' gammas at 0 the block is a convolution without bias and a BatchNormalization. */
@ExtendWith(DoublePrecision.class)
class AsymmetricConvBlockTest {
    private static final InputType INPUT = InputType.convolutional(7, 6, 2);
    // Sums of a few hundred numbers near 1 in another order, and DL4J's variance by other operations
    private static final double ROUNDING = 1e-12;

    private final DataSet batch = SmallNets.batch(DataType.DOUBLE, 4, 7, 6);
    // A rate of 0: parameters stay, statistics move
    private final ComputationGraph block = SmallNets.around(
            new AsymmetricConvBlock.Builder(3)
                    .nOut(3)
                    .convolutionMode(ConvolutionMode.Same)
                    .activation(Activation.IDENTITY)
                    .gammaInit(GammaInit.SINGLE)
                    .build(),
            SmallNets.global(DataType.DOUBLE, new Sgd(0)),
            INPUT);
    private final ComputationGraph stock = stockWithParametersOf(block);

    private static ComputationGraph stockWithParametersOf(ComputationGraph block) {
        ComputationGraph stock = SmallNets.built(SmallNets.global(DataType.DOUBLE, new Sgd(0))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(INPUT)
                .addLayer("before", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "in")
                .addLayer(
                        "conv",
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(3)
                                .hasBias(false)
                                .convolutionMode(ConvolutionMode.Same)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "before")
                .addLayer(
                        "bn", new BatchNormalization.Builder().useLogStd(false).build(), "conv")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "bn")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .activation(Activation.SOFTMAX)
                                .nOut(SmallNets.CLASSES)
                                .build(),
                        "pool")
                .setOutputs("out"));
        for (String name : new String[] {"before_W", "before_b", "out_W", "out_b"}) {
            stock.setParam(name, block.getParam(name));
        }
        stock.setParam("conv_W", block.getParam("layer_Wsq"));
        return stock;
    }

    private void trainBoth() {
        for (int size : new int[] {3, 5, 2}) {
            DataSet other = SmallNets.batch(DataType.DOUBLE, size, 7, 6);
            block.fit(other);
            stock.fit(other);
        }
    }

    @Test
    void trainingScoreIsThatOfConvolutionAndBatchNormalization() {
        assertThat(block.score(batch, true)).isEqualTo(stock.score(batch, true), within(ROUNDING));
    }

    @ParameterizedTest
    @CsvSource({"layer_Wsq, conv_W", "layer_gammasq, bn_gamma", "layer_betasq, bn_beta", "before_W, before_W"})
    void gradientsAreThoseOfConvolutionAndBatchNormalization(String ours, String theirs) {
        Map<String, INDArray> expected = Gradients.of(stock, batch);
        INDArray actual = Gradients.of(block, batch).get(ours);
        assertThat(actual).isWithin(ROUNDING, expected.get(theirs).reshape(actual.shape()));
    }

    @ParameterizedTest
    @CsvSource({"layer_meansq, bn_mean", "layer_varsq, bn_var"})
    void runningStatisticsAreThoseOfBatchNormalization(String ours, String theirs) {
        trainBoth();
        assertThat(block.getParam(ours))
                .isWithin(ROUNDING, stock.getParam(theirs).reshape(3));
    }

    @Test
    void inferenceAfterTrainingIsThatOfConvolutionAndBatchNormalization() {
        trainBoth();
        assertThat(block.outputSingle(batch.getFeatures())).isWithin(ROUNDING, stock.outputSingle(batch.getFeatures()));
    }

    @ParameterizedTest
    @CsvSource({"ONE, 1, 1", "THIRD, 0.3333333333333333, 0.3333333333333333", "SINGLE, 1, 0"})
    void gammasStartAsChosen(GammaInit init, double square, double side) {
        ComputationGraph net = SmallNets.alone(
                new AsymmetricConvBlock.Builder(3).nOut(2).gammaInit(init).build(), DataType.DOUBLE, INPUT);
        assertThat(net.getParam("layer_gammasq")).isEqualTo(filled(square));
        assertThat(net.getParam("layer_gammahor")).isEqualTo(filled(side));
        assertThat(net.getParam("layer_gammaver")).isEqualTo(filled(side));
    }

    private static INDArray filled(double value) {
        return Nd4j.createFromArray(value, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "beta"})
    void shiftsStartAtZero(String stem) {
        ComputationGraph net =
                SmallNets.alone(new AsymmetricConvBlock.Builder(3).nOut(2).build(), DataType.DOUBLE, INPUT);
        assertThat(net.getParam("layer_" + stem + "hor")).isEqualTo(filled(0));
    }

    @Test
    void anExampleIsTreatedAloneAsWithinItsBatchAtInference() {
        trainBoth();
        INDArray second = batch.getFeatures().get(NDArrayIndex.interval(1, 2)).dup();
        INDArray together = block.outputSingle(batch.getFeatures());
        assertThat(block.outputSingle(second)).isWithin(ROUNDING, together.get(NDArrayIndex.interval(1, 2)));
    }

    @Test
    void oneExampleOfOnePositionHasNoVarianceAndStillTrains() {
        ComputationGraph net = SmallNets.around(
                new AsymmetricConvBlock.Builder(3).nOut(3).build(),
                SmallNets.global(DataType.DOUBLE, new NoOp()),
                InputType.convolutional(3, 3, 2));
        net.fit(SmallNets.batch(DataType.DOUBLE, 1, 3, 3));
        // 0.9 of the 1 it started from
        assertThat(net.getParam("layer_varsq")).isWithin(ROUNDING, Nd4j.createFromArray(0.9, 0.9, 0.9));
    }
}
