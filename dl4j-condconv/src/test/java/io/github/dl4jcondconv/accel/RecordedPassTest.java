package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.accel.OwnOutputsTest.convolution;
import static io.github.dl4jcondconv.accel.OwnOutputsTest.images;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import java.util.List;
import org.assertj.core.api.Assertions;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
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

/** Networks whose layers all compute in memory of their own repeat whole passes from the fourth answer on. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class RecordedPassTest {
    /** Sums of up to 288 products in each of six layers: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    private static final int REPEATED = 4;

    private final ComputationGraph stock = stock();
    private final ComputationGraph graph = accelerated();

    @Test
    void aPassIsRepeatedAsAWhole() {
        answerOften(images(1, 1));
        Assertions.assertThat(isWhole()).isTrue();
    }

    @Test
    void imagesOfAnotherSizeAreNoRepetition() {
        answerOften(images(1, 1));
        graph.outputSingle(images(1, 2));
        Assertions.assertThat(isWhole()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aWholePassReadsTheNewImages(int batch) {
        answerOften(images(1, batch));
        INDArray others = images(2, batch);
        assertThat(graph.outputSingle(others)).isCloseTo(stock.outputSingle(others), ROUNDING);
    }

    @Test
    void imagesInAnotherOrderOfMemoryAreReadInTheirOwn() {
        answerOften(images(1, 1));
        INDArray others = images(2, 1);
        assertThat(graph.outputSingle(others.dup('f'))).isCloseTo(stock.outputSingle(others), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "narrow", "sum", "relu", "average"}) // DL4J itself fails at some others
    void aPassMayEndInTheMiddle(String vertex) {
        answerOften(images(1, 1));
        INDArray images = images(2, 1);
        assertThat(partial(graph, vertex, images)).isCloseTo(partial(stock, vertex, images), ROUNDING);
    }

    @Test
    void aPassThatEndedInTheMiddleIsFollowedByWholeOnes() {
        answerOften(images(1, 1));
        partial(graph, "narrow", images(2, 1));
        INDArray images = images(3, 1);
        assertThat(graph.outputSingle(images)).isCloseTo(stock.outputSingle(images), ROUNDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stem", "narrow", "average", "class"})
    void activationsAreHandedOutBetweenWholePasses(String vertex) {
        answerOften(images(1, 2));
        INDArray images = images(2, 2);
        assertThat(graph.feedForward(images, false).get(vertex))
                .isCloseTo(stock.feedForward(images, false).get(vertex), ROUNDING);
    }

    @Test
    void theScoreIsThatOfTheStockNetwork() {
        answerOften(images(1, 2));
        DataSet data =
                new DataSet(images(2, 2), Nd4j.eye(3).castTo(DataType.FLOAT).getRows(0, 2));
        assertThat(Nd4j.scalar((float) graph.score(data))).isCloseTo(Nd4j.scalar((float) stock.score(data)), ROUNDING);
    }

    @Test
    void anAnswerStaysWhatItIsWhenOthersFollow() {
        answerOften(images(1, 1));
        INDArray first = graph.outputSingle(images(1, 1));
        INDArray copy = first.dup();
        answerOften(images(2, 1));
        assertThat(first).isEqualTo(copy);
    }

    @Test
    void alternatingNetworksKeepTheirOwnPasses() {
        ComputationGraph other = accelerated();
        INDArray images = images(1, 1);
        for (int i = 0; i < REPEATED; i++) {
            graph.outputSingle(images);
            other.outputSingle(images(2, 1));
        }
        assertThat(graph.outputSingle(images)).isCloseTo(stock.outputSingle(images), ROUNDING);
    }

    private boolean isWhole() {
        Features features = Internals.get(RecordedVertex.class, "features", graph.getVertex("stem"));
        RecordedPass pass = Internals.get(Features.class, "pass", features);
        return pass.isWhole();
    }

    private void answerOften(INDArray images) {
        for (int i = 0; i < REPEATED; i++) {
            graph.outputSingle(images);
        }
    }

    private static INDArray partial(ComputationGraph graph, String vertex, INDArray images) {
        return graph.output(List.of(vertex), false, new INDArray[] {images}, null)[0];
    }

    private static ComputationGraph accelerated() {
        ComputationGraph graph = stock();
        CpuAcceleration.accelerateForInference(graph);
        return graph;
    }

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
                .addLayer("narrow", convolution(1, 16, Activation.RELU), "max")
                .addLayer("wide", convolution(3, 16, Activation.LEAKYRELU), "narrow")
                .addLayer("last", convolution(1, 32, Activation.IDENTITY), "wide")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "last", "max")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "sum")
                .addLayer("average", new GlobalPoolingLayer(PoolingType.AVG), "relu")
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
}
