package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Networks of stock layers and layers of this library, against themselves without acceleration. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class OwnLayersAccelerationTest {
    /** Some tens of roundings of 6e-8 in each of up to fifteen layers, which normalisation of few numbers may enlarge. */
    private static final double ROUNDING = 1e-4;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("acceleration.networks", 30));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomNetworksAnswerAsBefore(long seed) {
        RandomNetwork network = new RandomNetwork(seed, true);
        INDArray images = network.batch().getFeatures();
        ComputationGraph accelerated = network.stock();
        CpuAcceleration.accelerate(accelerated);
        assertThat(accelerated.outputSingle(images)).isCloseTo(network.stock().outputSingle(images), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomNetworksHaveTheGradientsThatTheyHadBefore(long seed) {
        RandomNetwork network = new RandomNetwork(seed, true);
        ComputationGraph accelerated = network.stock();
        CpuAcceleration.accelerate(accelerated);
        assertThat(gradient(accelerated, network.batch()))
                .isCloseTo(gradient(network.stock(), network.batch()), ROUNDING);
    }

    private static INDArray gradient(ComputationGraph net, DataSet batch) {
        net.setInputs(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.computeGradientAndScore();
        return net.gradient().gradient();
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void threeStepsOfTrainingLeadWhereTheyLedBefore(CNN2DFormat format) {
        assertThat(trained(accelerated(format), format)).isCloseTo(trained(mixed(format), format), ROUNDING);
    }

    private static INDArray trained(MultiLayerNetwork net, CNN2DFormat format) {
        for (int i = 0; i < 3; i++) {
            net.fit(batch(format));
        }
        return net.params();
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void aNetworkThatOnlyPredictsAnswersAsBefore(CNN2DFormat format) {
        MultiLayerNetwork predicting = mixed(format);
        CpuAcceleration.accelerateForInference(predicting);
        INDArray images = batch(format).getFeatures();
        assertThat(predicting.output(images)).isCloseTo(mixed(format).output(images), ROUNDING);
    }

    @Test
    void imagesStayBlockedFromLayerToLayer() {
        MultiLayerNetwork net = accelerated(CNN2DFormat.NCHW);
        List<Integer> ranks = new ArrayList<>();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onGradientCalculation(Model model) {
                ranks.add(net.getLayer(1).input().rank());
                ranks.add(net.getLayer(2).input().rank());
            }
        });
        net.fit(batch(CNN2DFormat.NCHW));
        assertThat(ranks).containsExactly(5, 5);
    }

    @Test
    void activationsAreHandedOutInDl4jsShape() {
        List<INDArray> activations = accelerated(CNN2DFormat.NHWC)
                .feedForward(batch(CNN2DFormat.NHWC).getFeatures(), true);
        assertThat(activations.get(2).shape()).containsExactly(4, 9, 7, 32);
    }

    @Test
    void aListenerSeesActivationsInDl4jsShape() {
        MultiLayerNetwork net = accelerated(CNN2DFormat.NCHW);
        List<Integer> ranks = new ArrayList<>();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onForwardPass(Model model, List<INDArray> activations) {
                activations.forEach(activation -> ranks.add(activation.rank()));
            }
        });
        net.fit(batch(CNN2DFormat.NCHW));
        assertThat(ranks).isNotEmpty().allMatch(rank -> rank <= 4);
    }

    @Test
    void theReportNamesThem() {
        assertThat(CpuAcceleration.accelerate(mixed(CNN2DFormat.NCHW)).accelerated())
                .contains("acb");
    }

    @Test
    void toTrainAnOwnLayerThatWasMadeForInferenceIsAnError() {
        ComputationGraph net = new RandomNetwork(0, true).stock();
        CpuAcceleration.accelerateForInference(net);
        assertThatIllegalStateException()
                .isThrownBy(() -> net.fit(new RandomNetwork(0, true).batch()))
                .withMessageContaining("was accelerated for inference and cannot be trained");
    }

    private static MultiLayerNetwork accelerated(CNN2DFormat format) {
        MultiLayerNetwork net = mixed(format);
        CpuAcceleration.accelerate(net);
        return net;
    }

    private static MultiLayerNetwork mixed(CNN2DFormat format) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Nesterovs(0.05, 0.9))
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(16)
                        .activation(Activation.RELU)
                        .build())
                .layer(new AsymmetricConvBlock.Builder(3)
                        .name("acb")
                        .nOut(32)
                        .activation(Activation.RELU)
                        .build())
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new CondConv2D.Builder(3).numExperts(3).nOut(16).build())
                .layer(new GlobalPoolingLayer())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(9, 7, 3, format))
                .build());
        net.init();
        return net;
    }

    private static DataSet batch(CNN2DFormat format) {
        Nd4j.getRandom().setSeed(7);
        INDArray images = Nd4j.randn(DataType.FLOAT, 4, 3, 9, 7);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(
                format == CNN2DFormat.NCHW ? images : images.permute(0, 2, 3, 1).dup('c'), labels);
    }
}
