package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.testing.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class AcceleratedTrainingTest {
    /** Rounding of 1e-6 a step, which twenty steps of training may enlarge. */
    private static final double ROUNDING = 1e-4;

    private final DataSet batch = batch();

    @TempDir
    Path directory;

    @Test
    void theLossFallsAsInTheStockNetwork() {
        List<Double> expected = losses(stock(), 20);
        List<Double> actual = losses(accelerated(), 20);
        for (int i = 0; i < 20; i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), within(ROUNDING));
        }
    }

    @Test
    void aSavedNetworkIsReadAsAStockNetworkThatAnswersTheSame() throws IOException {
        MultiLayerNetwork network = accelerated();
        losses(network, 3);
        Path file = directory.resolve("model.zip");
        ModelSerializer.writeModel(network, file.toFile(), true);
        MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
        assertThat(read.output(batch.getFeatures())).isCloseTo(network.output(batch.getFeatures()), ROUNDING);
    }

    @Test
    void aSavedNetworkGoesOnTrainingInStockAsItWouldHaveHere() throws IOException {
        MultiLayerNetwork network = accelerated();
        losses(network, 3);
        Path file = directory.resolve("model.zip");
        ModelSerializer.writeModel(network, file.toFile(), true);
        MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
        network.fit(batch);
        read.fit(batch);
        assertThat(read.params()).isCloseTo(network.params(), ROUNDING);
    }

    @Test
    void activationsAreHandedOutInDl4jsShape() {
        List<INDArray> activations = accelerated().feedForward(batch.getFeatures(), true);
        assertThat(activations.get(1).shape()).containsExactly(4, 16, 9, 9);
    }

    @Test
    void aListenerThatReadsActivationsSeesThemInDl4jsShape() {
        MultiLayerNetwork network = accelerated();
        List<Integer> ranks = new ArrayList<>();
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                activations.forEach(activation -> ranks.add(activation.rank()));
            }

            @Override
            public void onForwardPass(Model model, Map<String, INDArray> activations) {
                activations.values().forEach(activation -> ranks.add(activation.rank()));
            }
        });
        network.fit(batch);
        assertThat(ranks).isNotEmpty().allMatch(rank -> rank <= 4);
    }

    @Test
    void whileTrainingImagesStayInOneDnnsLayout() {
        MultiLayerNetwork network = accelerated();
        List<Integer> ranks = new ArrayList<>();
        network.setListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                ranks.add(network.getLayer(1).input().rank());
            }
        });
        network.fit(batch);
        assertThat(ranks).containsExactly(5);
    }

    @Test
    void kernelsSwitchedOffAfterwardsLeaveTheStockNetwork() {
        MultiLayerNetwork network = accelerated();
        INDArray expected = stock().output(batch.getFeatures());
        assertThat(Kernels.off(() -> network.output(batch.getFeatures()))).isEqualTo(expected);
    }

    @Test
    void kernelsSwitchedOffBeforeLeaveEveryLayerAsItWas() {
        AccelerationReport report = Kernels.off(() -> CpuAcceleration.accelerate(stock()));
        assertThat(report.accelerated()).isEmpty();
    }

    @Test
    void theReportNamesWhatStaysAndWhy() {
        assertThat(CpuAcceleration.accelerate(stock()).toString().lines())
                .containsExactly(
                        "6 of 7 layers run on oneDNN", "as before, LocalResponseNormalization is not covered: lrn");
    }

    @Test
    void aGraphOfAnotherDataTypeStaysStock() {
        ComputationGraph graph = stock().toComputationGraph().convertDataType(DataType.DOUBLE);
        assertThat(CpuAcceleration.accelerate(graph).left()).containsValue("data type DOUBLE");
    }

    @Test
    void everyGradientThatIsHandedOutCanBeReadAfterwards() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new BatchNormalization.Builder().lockGammaBeta(true).build())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(9, 9, 3))
                .build());
        network.init();
        CpuAcceleration.accelerate(network);
        network.setInput(batch.getFeatures());
        network.setLabels(batch.getLabels());
        network.computeGradientAndScore();
        assertThat(network.gradient().gradientForVariable().values())
                .isNotEmpty()
                .allMatch(INDArray::isInScope);
    }

    @Test
    void twoNetworksInTwoThreadsTrainAsOneAfterTheOther() {
        List<Double> alone = losses(accelerated(), 10);
        CompletableFuture<List<Double>> first = CompletableFuture.supplyAsync(() -> losses(accelerated(), 10));
        CompletableFuture<List<Double>> second = CompletableFuture.supplyAsync(() -> losses(accelerated(), 10));
        assertThat(List.of(first.join(), second.join())).containsExactly(alone, alone);
    }

    private List<Double> losses(MultiLayerNetwork network, int steps) {
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            network.fit(batch);
            losses.add(network.score());
        }
        return losses;
    }

    private static MultiLayerNetwork accelerated() {
        MultiLayerNetwork network = stock();
        CpuAcceleration.accelerate(network);
        return network;
    }

    private static MultiLayerNetwork stock() {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Nesterovs(0.05, 0.9))
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .name("conv")
                        .nOut(16)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new ActivationLayer.Builder()
                        .name("relu")
                        .activation(Activation.RELU)
                        .build())
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .name("conv2")
                        .nOut(32)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder(PoolingType.MAX)
                        .name("pool")
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new LocalResponseNormalization.Builder().name("lrn").build())
                .layer(new OutputLayer.Builder()
                        .name("class")
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(9, 9, 3))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        return network;
    }

    private static DataSet batch() {
        Nd4j.getRandom().setSeed(7);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, 4, 3, 9, 9), labels);
    }
}
