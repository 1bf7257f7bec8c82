package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class AcceleratedInferenceTest {
    /** Sums of up to 300 products in each of up to fifteen layers: some tens of roundings of 6e-8. */
    private static final double ROUNDING = 1e-5;

    private static final RandomNetwork NETWORK = new RandomNetwork(4);

    @Test
    void fixedWeightsChangeNoAnswer() {
        INDArray images = NETWORK.batch().getFeatures();
        assertThat(forInference().output(images)[0]).isCloseTo(NETWORK.stock().output(images)[0], ROUNDING);
    }

    @Test
    void theSecondAnswerIsTheFirst() {
        INDArray images = NETWORK.batch().getFeatures();
        ComputationGraph graph = forInference();
        INDArray first = graph.output(images)[0];
        assertThat(graph.output(images)[0]).isEqualTo(first);
    }

    @Test
    void fourThreadsGetTheAnswersOfOne() {
        INDArray images = NETWORK.batch().getFeatures();
        ComputationGraph graph = forInference();
        INDArray alone = graph.output(images)[0];
        List<INDArray> together = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> graph.output(images)[0])
                .toList();
        together.forEach(answer -> assertThat(answer).isEqualTo(alone));
    }

    @Test
    void anExampleGetsTheSameAnswerInAnyBatch() {
        ComputationGraph graph = forInference();
        INDArray images = NETWORK.batch().getFeatures();
        INDArray all = graph.output(images)[0];
        INDArrayIndex last = NDArrayIndex.interval(images.size(0) - 1, images.size(0));
        assertThat(graph.output(images.get(last))[0]).isCloseTo(all.get(last), ROUNDING);
    }

    @Test
    void activationsThatAreHandedOutHaveSlices() {
        INDArray images = NETWORK.batch().getFeatures();
        forInference().feedForward(images, false).values().forEach(activation -> assertThat(
                        activation.slice(1).length())
                .isEqualTo(activation.length() / activation.size(0)));
    }

    @Test
    void toTrainWhatWasMadeForInferenceIsAnError() {
        assertThatIllegalStateException()
                .isThrownBy(() -> forInference().fit(NETWORK.batch()))
                .withMessageContaining("was accelerated for inference and cannot be trained");
    }

    @Test
    void aBackwardPassAfterInferenceIsThatOfTheStockNetwork() {
        MultiLayerNetwork accelerated = withoutLoss();
        CpuAcceleration.accelerate(accelerated);
        assertThat(gradientAfterInference(accelerated)).isCloseTo(gradientAfterInference(withoutLoss()), ROUNDING);
    }

    private static INDArray gradientAfterInference(MultiLayerNetwork network) {
        Nd4j.getRandom().setSeed(2);
        INDArray images = Nd4j.randn(DataType.FLOAT, 2, 3, 8, 8);
        network.setInput(images);
        List<INDArray> activations = network.feedForward(false, false);
        INDArray epsilon = Nd4j.randn(
                DataType.FLOAT, activations.get(activations.size() - 1).shape());
        return network.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces())
                .getFirst()
                .gradient();
    }

    private static MultiLayerNetwork withoutLoss() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(9)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(16)
                        .activation(Activation.TANH)
                        .build())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(16)
                        .activation(Activation.RELU)
                        .build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
        network.init();
        return network;
    }

    private static ComputationGraph forInference() {
        ComputationGraph graph = NETWORK.stock();
        CpuAcceleration.accelerateForInference(graph);
        return graph;
    }
}
