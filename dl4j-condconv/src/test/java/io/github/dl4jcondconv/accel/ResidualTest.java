package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
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

/** Residual blocks, relu(convolution(x) + shortcut), mostly of a network that only predicts. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class ResidualTest {
    /** Sums of up to 300 products in each of eight layers: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    private final INDArray images = images();

    @Test
    void bothBlocksAreJoined() {
        assertThat(accelerated().getVertices())
                .filteredOn(ResidualVertex.class::isInstance)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"class", "relu2", "sum2", "narrow2", "relu1", "wide1", "sum1", "narrow1"})
    void whateverIsAskedForIsWhatTheStockNetworkGives(String vertex) {
        assertThat(output(accelerated(), vertex)).isCloseTo(output(stock(), vertex), ROUNDING);
    }

    @Test
    void theAnswerIsTheSameAfterAnotherVertexWasAskedFor() {
        ComputationGraph graph = accelerated();
        INDArray first = graph.outputSingle(images);
        output(graph, "sum2");
        assertThat(graph.outputSingle(images)).isEqualTo(first);
    }

    @Test
    void everyActivationOfAConvolutionIsHandedOut() {
        assertThat(accelerated().feedForward(images, false).get("narrow2"))
                .isCloseTo(stock().feedForward(images, false).get("narrow2"), ROUNDING);
    }

    @Test
    void theSummaryShowsTheInputsThatTheConfigurationNames() {
        assertThat(accelerated().summary().lines().filter(line -> line.startsWith("relu2")))
                .first()
                .asString()
                .contains("[sum2]");
    }

    @Test
    void trainedParametersAreThoseOfTheStockNetwork() {
        assertThat(trained(trainable()).params()).isCloseTo(trained(stock()).params(), ROUNDING);
    }

    @Test
    void whileTrainingASumIsRectifiedAsItIsMade() {
        ComputationGraph graph = trained(trainable());
        assertThat(((Rectified) graph.getVertex("sum1")).rectifiedOutput()).isNotNull();
    }

    private ComputationGraph trained(ComputationGraph graph) {
        for (int step = 0; step < 3; step++) {
            graph.fit(new DataSet(images, Nd4j.eye(3).castTo(DataType.FLOAT).getRows(0, 2)));
        }
        return graph;
    }

    private static ComputationGraph trainable() {
        ComputationGraph graph = stock();
        CpuAcceleration.accelerate(graph);
        return graph;
    }

    private INDArray output(ComputationGraph graph, String vertex) {
        return graph.output(List.of(vertex), false, new INDArray[] {images}, null)[0];
    }

    private static ComputationGraph accelerated() {
        ComputationGraph graph = stock();
        CpuAcceleration.accelerateForInference(graph);
        return graph;
    }

    private static ComputationGraph stock() {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(3)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(9, 7, 3))
                .addLayer("stem", convolution(3, 16), "image");
        graph.addLayer("wide1", convolution(1, 32), "stem");
        block(graph, 1, "stem", "wide1");
        block(graph, 2, "relu1", "relu1");
        ComputationGraph net =
                new ComputationGraph(graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu2")
                        .addLayer(
                                "class",
                                new OutputLayer.Builder()
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "pool")
                        .setOutputs("class")
                        .build());
        net.init();
        return net;
    }

    private static void block(GraphBuilder graph, int i, String input, String shortcut) {
        graph.addLayer("large" + i, convolution(3, 16), input)
                .addLayer("act" + i, new ActivationLayer(Activation.RELU), "large" + i)
                .addLayer("narrow" + i, convolution(1, 32), "act" + i)
                .addVertex("sum" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), shortcut, "narrow" + i)
                .addLayer("relu" + i, new ActivationLayer(Activation.RELU), "sum" + i);
    }

    private static ConvolutionLayer convolution(int kernel, int nOut) {
        return new ConvolutionLayer.Builder(kernel, kernel).nOut(nOut).build();
    }

    private static INDArray images() {
        Nd4j.getRandom().setSeed(1);
        return Nd4j.randn(DataType.FLOAT, 2, 3, 9, 7);
    }
}
