package io.github.dl4jcondconv.layers;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.SmallNets;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class SampledConv2DTest {
    // Sums of up to 27 products of doubles near 1
    private static final double ROUNDING = 1e-14;
    private static final InputType IMAGE = InputType.convolutional(9, 8, 3);

    private final INDArray images = Nd4j.randn(DataType.DOUBLE, 2, 3, 9, 8);

    @TempDir
    private Path directory;

    private static SampledConv2D.Builder builder() {
        return new SampledConv2D.Builder(3).nOut(4).padding(1);
    }

    private static ComputationGraph alone(SampledConv2D.Builder builder, DataType type, InputType image) {
        ComputationGraph net = SmallNets.alone(builder.build(), type, image);
        INDArray w = net.getParam("layer_maskW");
        w.assign(Nd4j.randn(w.dataType(), w.shape()).muli(0.5));
        return net;
    }

    @ParameterizedTest
    @CsvSource({
        "3, 1, 1, 1, Truncate",
        "3, 2, 1, 0, Truncate",
        "3, 1, 2, 1, Truncate",
        "1, 2, 1, 0, Truncate",
        "5, 1, 1, 0, Truncate",
        "5, 2, 2, 2, Truncate",
        "3, 1, 1, 4, Strict",
        "3, 2, 1, 0, Same",
        "4, 1, 1, 0, Same",
        "1, 2, 1, 0, Same"
    })
    void aMaskOfOnesMakesThePlainConvolution(int kernel, int stride, int dilation, int padding, ConvolutionMode mode) {
        ComputationGraph sampled = SmallNets.alone(
                new SampledConv2D.Builder(kernel)
                        .nOut(4)
                        .stride(stride)
                        .dilation(dilation)
                        .padding(padding)
                        .convolutionMode(mode)
                        .build(),
                DataType.DOUBLE,
                IMAGE);
        ComputationGraph plain = SmallNets.alone(
                new ConvolutionLayer.Builder(kernel, kernel)
                        .nOut(4)
                        .stride(stride, stride)
                        .dilation(dilation, dilation)
                        .padding(padding, padding)
                        .convolutionMode(mode)
                        .build(),
                DataType.DOUBLE,
                IMAGE);
        sampled.getParam("layer_maskb").assign(50);
        plain.setParam("layer_W", sampled.getParam("layer_W"));
        plain.setParam("layer_b", sampled.getParam("layer_b").reshape(1, 4));
        assertThat(SmallNets.relativeDifference(sampled.outputSingle(images), plain.outputSingle(images)))
                .isLessThan(ROUNDING);
    }

    /** A mask that samples where a pixel is positive, of a convolution that answers one: it answers the mask. */
    @ParameterizedTest
    @CsvSource({"3, 1, 1, 0, 1", "5, 1, 1, 0, 2", "3, 2, 1, 0, 1", "3, 1, 3, 1, 2", "1, 2, 1, 0, 0", "5, 2, 1, 1, 1"})
    void theMasksWindowHasTheMiddleOfTheConvolutions(int kernel, int stride, int dilation, int padding, int first) {
        ComputationGraph net = SmallNets.alone(
                new SampledConv2D.Builder(kernel)
                        .nOut(1)
                        .stride(stride)
                        .dilation(dilation)
                        .padding(padding)
                        .sampling(Sampling.builder()
                                .inference(Sampling.Inference.DETERMINISTIC)
                                .gridInterval(null)
                                .build())
                        .interpolation(Interpolation.Method.NONE)
                        .activation(Activation.IDENTITY)
                        .build(),
                DataType.DOUBLE,
                InputType.convolutional(9, 8, 1));
        net.params().assign(0);
        net.getParam("layer_b").assign(1);
        net.getParam("layer_maskW").putScalar(0, 0, 1, 1, 1);
        INDArray image = Nd4j.randn(DataType.DOUBLE, 1, 1, 9, 8);
        INDArray mask = net.outputSingle(image);
        INDArray middles = image.get(
                NDArrayIndex.all(),
                NDArrayIndex.all(),
                NDArrayIndex.interval(first, stride, first + (mask.size(2) - 1) * stride + 1),
                NDArrayIndex.interval(first, stride, first + (mask.size(3) - 1) * stride + 1));
        assertThat(mask).isEqualTo(middles.gte(0).castTo(DataType.DOUBLE));
    }

    /** The same arithmetic in vertices of their own. */
    @Test
    void itIsMaskConvolutionAndInterpolationInOne() {
        ComputationGraph one = alone(builder(), DataType.DOUBLE, IMAGE);
        ComputationGraph three = inThreeVertices();
        three.setParam("mask_W", one.getParam("layer_maskW"));
        three.setParam("mask_b", one.getParam("layer_maskb"));
        three.setParam("conv_W", one.getParam("layer_W"));
        three.setParam("conv_b", one.getParam("layer_b"));
        assertThat(SmallNets.relativeDifference(three.outputSingle(images), one.outputSingle(images)))
                .isLessThan(ROUNDING);
    }

    private static ComputationGraph inThreeVertices() {
        GraphBuilder builder = SmallNets.global(DataType.DOUBLE, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("mask", new SamplingMask.Builder().build(), "in");
        MultiInputVertex.addLayer(
                builder,
                "conv",
                new MaskedConv2D.Builder(3)
                        .nOut(4)
                        .padding(1)
                        .activation(Activation.IDENTITY)
                        .build(),
                "in",
                "mask");
        MultiInputVertex.addLayer(
                builder,
                "fill",
                new Interpolation.Builder().activation(Activation.TANH).build(),
                "conv",
                "mask");
        return SmallNets.built(builder.setOutputs("fill").validateOutputLayerConfig(false));
    }

    @Test
    void nhwcIsThePermutedNchw() {
        ComputationGraph nchw = alone(builder(), DataType.DOUBLE, IMAGE);
        ComputationGraph nhwc =
                SmallNets.alone(builder().build(), DataType.DOUBLE, InputType.convolutional(9, 8, 3, CNN2DFormat.NHWC));
        nhwc.setParams(nchw.params());
        INDArray output = nhwc.outputSingle(images.permute(0, 2, 3, 1).dup());
        assertThat(SmallNets.relativeDifference(output.permute(0, 3, 1, 2), nchw.outputSingle(images)))
                .isLessThan(ROUNDING);
    }

    @Test
    void workspacesChangeNoBitOfATrainingStep() {
        assertThat(parametersAfterTraining(WorkspaceMode.ENABLED))
                .isEqualTo(parametersAfterTraining(WorkspaceMode.NONE));
    }

    private static INDArray parametersAfterTraining(WorkspaceMode mode) {
        ComputationGraph net = SmallNets.around(
                builder().build(),
                SmallNets.global(DataType.DOUBLE, new Adam(0.1))
                        .trainingWorkspaceMode(mode)
                        .inferenceWorkspaceMode(mode),
                InputType.convolutional(7, 6, 2));
        Nd4j.getRandom().setSeed(8);
        DataSet batch = SmallNets.batch(DataType.DOUBLE, 3, 7, 6);
        for (int step = 0; step < 3; step++) {
            net.fit(batch);
        }
        return net.params();
    }

    @Test
    void aSavedModelAnswersTheSame() throws IOException {
        ComputationGraph net = alone(
                builder().sampling(Sampling.builder().seed(3).gridInterval(null).build()), DataType.DOUBLE, IMAGE);
        File file = directory.resolve("model.zip").toFile();
        net.save(file);
        assertThat(ComputationGraph.load(file, false).outputSingle(images)).isEqualTo(net.outputSingle(images));
    }

    @Test
    void configurationSurvivesJson() {
        ComputationGraphConfiguration configuration = SmallNets.alone(
                        builder()
                                .sampling(Sampling.builder()
                                        .gate(Sampling.Gate.RELU)
                                        .gridInterval(null)
                                        .sparsityWeight(0.3)
                                        .build())
                                .interpolation(Interpolation.Method.LEARNED)
                                .window(5)
                                .build(),
                        DataType.DOUBLE,
                        IMAGE)
                .getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                .isEqualTo(configuration);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-20, 20})
    void halfPrecisionTrainingStaysANumberAtExtremeLogits(double logit) {
        ComputationGraph net = SmallNets.around(
                builder().build(), SmallNets.global(DataType.FLOAT16, new NoOp()), InputType.convolutional(7, 6, 2));
        net.getParam("layer_maskb").assign(logit);
        net.fit(SmallNets.batch(DataType.FLOAT16, 3, 7, 6));
        assertThat(net.params().isNaN().any()).isFalse();
    }

    @Test
    void anEvenInterpolationWindowIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().name("conv2").window(6).build())
                .withMessage("SampledConv2D \"conv2\": window is 6, allowed: odd numbers");
    }

    @Test
    void anEvenKernelWithPaddingOfItsOwnIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SmallNets.alone(new SampledConv2D.Builder(3, 2).nOut(4).build(), DataType.DOUBLE, IMAGE))
                .withMessage("SampledConv2D \"layer\": kernelSize with dilation is 2 pixels wide, allowed: odd, or any"
                        + " with ConvolutionMode.Same");
    }

    @Test
    void aGridIntervalOfZeroIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .name("conv2")
                        .sampling(Sampling.builder().gridInterval(0).build())
                        .build())
                .withMessageStartingWith("SampledConv2D \"conv2\": gridInterval is 0");
    }
}
