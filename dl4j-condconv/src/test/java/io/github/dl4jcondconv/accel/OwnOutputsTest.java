package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Networks that only predict compute in memory of their own, by recorded kernels from the third answer on. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class OwnOutputsTest {
    /** Sums of up to 288 products in each of seven layers: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    private static final int RECORDED = 3;

    private final ComputationGraph stock = stock();
    private final ComputationGraph graph = accelerated();

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void recordedKernelsReadTheNewImages(int batch) {
        answerOften(images(1, batch));
        INDArray others = images(2, batch);
        assertThat(graph.outputSingle(others)).isCloseTo(stock.outputSingle(others), ROUNDING);
    }

    @Test
    void aLargerBatchGetsLargerMemory() {
        answerOften(images(1, 1));
        INDArray many = images(2, 5);
        assertThat(graph.outputSingle(many)).isCloseTo(stock.outputSingle(many), ROUNDING);
    }

    @Test
    void aSmallerBatchAfterALargerOneIsAnsweredAsBefore() {
        INDArray one = images(1, 1);
        INDArray before = graph.outputSingle(one).dup();
        answerOften(images(2, 5));
        assertThat(graph.outputSingle(one)).isEqualTo(before);
    }

    @Test
    void anAnswerStaysWhatItIsWhenOthersFollow() {
        INDArray first = graph.outputSingle(images(1, 2));
        INDArray copy = first.dup();
        answerOften(images(2, 2));
        assertThat(first).isEqualTo(copy);
    }

    @Test
    void theScoreIsThatOfTheStockNetwork() {
        answerOften(images(1, 2));
        DataSet data =
                new DataSet(images(2, 2), Nd4j.eye(3).castTo(DataType.FLOAT).getRows(0, 2));
        assertThat(Nd4j.scalar((float) graph.score(data))).isCloseTo(Nd4j.scalar((float) stock.score(data)), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stem", "branch", "sum", "narrow", "average"})
    void activationsAreHandedOutBetweenRecordedAnswers(String vertex) {
        INDArray images = images(1, 2);
        answerOften(images);
        assertThat(graph.feedForward(images, false).get(vertex))
                .isCloseTo(stock.feedForward(images, false).get(vertex), ROUNDING);
    }

    @Test
    void twoNetworksDoNotShareMemory() {
        ComputationGraph other = accelerated();
        INDArray images = images(1, 2);
        answerOften(images);
        other.outputSingle(images(2, 2));
        assertThat(graph.outputSingle(images)).isCloseTo(stock.outputSingle(images), ROUNDING);
    }

    @Test
    void threadsAnswerWithNetworksOfTheirOwnAtTheSameTime() {
        INDArray images = images(1, 2);
        INDArray expected = stock.outputSingle(images);
        List<INDArray> answers = Stream.generate(OwnOutputsTest::accelerated)
                .limit(2)
                .map(own -> CompletableFuture.supplyAsync(() -> {
                    for (int i = 0; i < RECORDED; i++) {
                        own.outputSingle(images);
                    }
                    return own.outputSingle(images);
                }))
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        assertThat(answers.get(0)).isCloseTo(expected, ROUNDING);
        assertThat(answers.get(1)).isCloseTo(expected, ROUNDING);
    }

    private void answerOften(INDArray images) {
        for (int i = 0; i < RECORDED; i++) {
            graph.outputSingle(images);
        }
    }

    static INDArray images(long seed, int batch) {
        Nd4j.getRandom().setSeed(seed);
        return Nd4j.randn(DataType.FLOAT, batch, 3, 10, 9);
    }

    private static ComputationGraph accelerated() {
        ComputationGraph graph = stock();
        CpuAcceleration.accelerateForInference(graph);
        return graph;
    }

    /** All kinds of outputs: joined sums and one that is not, activations in place, channels that fill no block up. */
    private static ComputationGraph stock() {
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(10, 9, 3))
                .addLayer("stem", convolution(3, 32, Activation.RELU), "image")
                .addLayer(
                        "max",
                        new SubsamplingLayer.Builder()
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build(),
                        "stem")
                .addLayer("branch", convolution(3, 32, Activation.TANH), "max")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "max", "branch")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "sum")
                .addLayer("narrow", convolution(1, 32, Activation.IDENTITY), "tanh")
                .addVertex("sum2", new ElementWiseVertex(ElementWiseVertex.Op.Add), "tanh", "narrow")
                .addLayer("relu2", new ActivationLayer(Activation.RELU), "sum2")
                .addLayer("odd", convolution(1, 5, Activation.RELU), "relu2")
                .addLayer("wide", convolution(3, 32, Activation.LEAKYRELU), "odd")
                .addLayer("average", new GlobalPoolingLayer(PoolingType.AVG), "wide")
                .addLayer(
                        "class",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "average")
                .setOutputs("class")
                .build());
        net.init();
        return net;
    }

    static ConvolutionLayer convolution(int kernel, int nOut, Activation activation) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(nOut)
                .activation(activation)
                .build();
    }
}
