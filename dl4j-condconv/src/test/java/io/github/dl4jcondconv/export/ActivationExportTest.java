package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.TOLERANCE;
import static io.github.dl4jcondconv.export.Agreement.randomize;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

class ActivationExportTest {
    static Stream<IActivation> activations() {
        Stream<IActivation> named = Stream.of(Activation.values()).map(Activation::getActivationFunction);
        Stream<IActivation> withOptions = Stream.of(
                new ActivationLReLU(0.3),
                new ActivationELU(0.7),
                new ActivationReLU(2.5, null, null),
                new ActivationReLU(null, null, 0.2),
                new ActivationReLU(3.0, 0.5, 0.1),
                new ActivationRReLU(0.1, 0.4),
                new ActivationThresholdedReLU(0.4),
                new ActivationGELU(true));
        return Stream.concat(named, withOptions);
    }

    @ParameterizedTest
    @MethodSource("activations")
    void activationOfVectorsAgrees(IActivation activation) throws Exception {
        assertAgreesOnLargeValues(
                Graphs.of(new DenseLayer.Builder()
                        .nIn(8)
                        .nOut(64)
                        .activation(activation)
                        .build()),
                8);
    }

    @ParameterizedTest
    @MethodSource("activations")
    void activationOfChannelsLastImagesAgrees(IActivation activation) throws Exception {
        assertAgreesOnLargeValues(
                Graphs.of(new ConvolutionLayer.Builder(1, 1)
                        .nIn(3)
                        .nOut(5)
                        .dataFormat(CNN2DFormat.NHWC)
                        .activation(activation)
                        .build()),
                4,
                6,
                3);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void softmaxOfPixelsRunsOverTheChannels(CNN2DFormat format) throws Exception {
        ConvolutionLayer convolution = new ConvolutionLayer.Builder(1, 1)
                .nIn(4)
                .nOut(4)
                .dataFormat(format)
                .build();
        CnnLossLayer loss = new CnnLossLayer.Builder()
                .format(format)
                .activation(Activation.SOFTMAX)
                .build();
        assertAgreesOnLargeValues(Graphs.of(convolution, loss), 4, 4, 4);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void softmaxInsideANetworkRunsOverTheLastDimension(CNN2DFormat format) throws Exception {
        ConvolutionLayer convolution = new ConvolutionLayer.Builder(1, 1)
                .nIn(4)
                .nOut(3)
                .dataFormat(format)
                .activation(Activation.SOFTMAX)
                .build();
        assertAgreesOnLargeValues(Graphs.of(convolution), 4, 4, 4);
    }

    private static void assertAgreesOnLargeValues(ComputationGraph graph, long... shape) throws Exception {
        randomize(graph, 7);
        graph.params().muli(6);
        assertThat(Agreement.difference(graph, shape)).isLessThan(TOLERANCE);
    }
}
