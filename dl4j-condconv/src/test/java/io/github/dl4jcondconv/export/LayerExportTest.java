package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LayerExportTest {
    @TempDir
    Path directory;

    private static final long[] NCHW = {4, 8, 6};
    private static final long[] NHWC = {8, 6, 4};

    private static long[] shape(CNN2DFormat format) {
        return format == CNN2DFormat.NCHW ? NCHW : NHWC;
    }

    private static ConvolutionLayer convolution(CNN2DFormat format) {
        return new ConvolutionLayer.Builder(3, 3)
                .nIn(4)
                .nOut(4)
                .dataFormat(format)
                .activation(Activation.IDENTITY)
                .build();
    }

    @ParameterizedTest
    @CsvSource({"NCHW,true", "NCHW,false", "NHWC,true", "NHWC,false"})
    void batchNormalizationAgrees(CNN2DFormat format, boolean logStd) throws Exception {
        assertExports(
                Graphs.of(
                        convolution(format),
                        new BatchNormalization.Builder()
                                .nIn(4)
                                .nOut(4)
                                .dataFormat(format)
                                .useLogStd(logStd)
                                .eps(1e-3)
                                .activation(Activation.RELU)
                                .build()),
                shape(format));
    }

    @ParameterizedTest
    @CsvSource({"1,0", "1,0.5", "2,0", "2,0.5"})
    void lockedBatchNormalizationAgrees(double gamma, double beta) throws Exception {
        BatchNormalization norm =
                new BatchNormalization.Builder(gamma, beta, true).nIn(4).nOut(4).build();
        assertExports(Graphs.of(convolution(CNN2DFormat.NCHW), norm), NCHW);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void batchNormalizationOfVectorsAgrees(CNN2DFormat format) throws Exception {
        DenseLayer dense = new DenseLayer.Builder().nIn(5).nOut(4).build();
        BatchNormalization norm = new BatchNormalization.Builder()
                .nIn(4)
                .nOut(4)
                .dataFormat(format)
                .build();
        ComputationGraph graph = Graphs.of(dense, norm);
        graph.getConfiguration().setInferenceWorkspaceMode(WorkspaceMode.NONE); // with them DL4J fails
        assertExports(graph, 5);
    }

    @ParameterizedTest
    @CsvSource({"NCHW,5", "NCHW,4", "NCHW,3", "NHWC,5"})
    void localResponseNormalizationAgrees(CNN2DFormat format, int n) throws Exception {
        LocalResponseNormalization norm = new LocalResponseNormalization.Builder()
                .n(n)
                .k(1.5)
                .alpha(0.3)
                .beta(0.6)
                .dataFormat(format)
                .build();
        assertExports(Graphs.of(convolution(format), norm), shape(format));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void zeroPaddingAgrees(CNN2DFormat format) throws Exception {
        ZeroPaddingLayer padding =
                new ZeroPaddingLayer.Builder(1, 2, 3, 4).dataFormat(format).build();
        assertExports(Graphs.of(convolution(format), padding), shape(format));
    }

    @ParameterizedTest
    @CsvSource({"NCHW,1,2,1,0", "NCHW,0,0,2,0", "NHWC,1,2,1,0"})
    void croppingAgrees(CNN2DFormat format, int top, int bottom, int left, int right) throws Exception {
        assertExports(Graphs.of(convolution(format), new Cropping2D(format, top, bottom, left, right)), shape(format));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void upsamplingAgrees(CNN2DFormat format) throws Exception {
        Upsampling2D upsampling = new Upsampling2D.Builder()
                .size(new int[] {2, 3})
                .dataFormat(format)
                .build();
        assertExports(Graphs.of(convolution(format), upsampling), shape(format));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void spaceToDepthAgrees(CNN2DFormat format) throws Exception {
        SpaceToDepthLayer layer = new SpaceToDepthLayer.Builder<>(2).build();
        layer.setDataFormat(format);
        assertExports(Graphs.of(layer, new Cropping2D(format, 0, 0, 0, 1)), shape(format));
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void yolo2OutputAgrees(CNN2DFormat format) throws Exception {
        ConvolutionLayer convolution = new ConvolutionLayer.Builder(1, 1)
                .nIn(4)
                .nOut(2 * (5 + 3))
                .dataFormat(format)
                .build();
        Yolo2OutputLayer yolo = new Yolo2OutputLayer.Builder()
                .boundingBoxPriors(Nd4j.create(new double[][] {{1.5, 2}, {3, 0.5}}))
                .build();
        yolo.setFormat(format);
        assertExports(Graphs.of(convolution, yolo), shape(format));
    }

    @Test
    void preluWithASlopeForEachPixelAgrees() throws Exception {
        PReLULayer prelu = new PReLULayer.Builder()
                .inputShape(4, 6, 4)
                .weightInit(new UniformDistribution(-1, 1))
                .build();
        assertExports(Graphs.of(convolution(CNN2DFormat.NCHW), prelu), NCHW);
    }

    @Test
    void preluWithASlopeForEachChannelAgrees() throws Exception {
        PReLULayer prelu = new PReLULayer.Builder()
                .inputShape(6, 4, 4)
                .sharedAxes(1, 2)
                .weightInit(new UniformDistribution(-1, 1))
                .build();
        assertExports(Graphs.of(convolution(CNN2DFormat.NHWC), prelu), NHWC);
    }

    @Test
    void elementWiseMultiplicationAgrees() throws Exception {
        assertExports(
                Graphs.of(new ElementWiseMultiplicationLayer.Builder()
                        .nIn(6)
                        .nOut(6)
                        .activation(Activation.TANH)
                        .build()),
                6);
    }

    @Test
    void denseWithoutBiasAndCenterLossAgree() throws Exception {
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(6)
                .nOut(5)
                .hasBias(false)
                .activation(Activation.RELU)
                .build();
        CenterLossOutputLayer output = new CenterLossOutputLayer.Builder()
                .nIn(5)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build();
        assertExports(Graphs.of(dense, output), 6);
    }

    @Test
    void normalizedDenseAgrees() throws Exception {
        DenseLayer dense =
                new DenseLayer.Builder().nIn(6).nOut(5).hasLayerNorm(true).build();
        assertExports(Graphs.of(dense), 6);
    }

    @Test
    void lossLayerAgrees() throws Exception {
        DenseLayer dense = new DenseLayer.Builder().nIn(6).nOut(5).build();
        LossLayer loss = new LossLayer.Builder().activation(Activation.SOFTMAX).build();
        assertExports(Graphs.of(dense, loss), 6);
    }

    @Test
    void noiseAndDropoutAreLeftOut() throws Exception {
        DenseLayer noisy = new DenseLayer.Builder()
                .nIn(6)
                .nOut(5)
                .dropOut(0.5)
                .weightNoise(new DropConnect(0.5))
                .build();
        DropoutLayer dropout = new DropoutLayer.Builder(new GaussianDropout(0.5)).build();
        assertExports(Graphs.of(noisy, dropout, new ActivationLayer(Activation.CUBE)), 6);
    }

    @Test
    void frozenLayersAgree() throws Exception {
        Layer frozen = new FrozenLayer(convolution(CNN2DFormat.NCHW));
        Layer other = new FrozenLayerWithBackprop(convolution(CNN2DFormat.NCHW));
        assertExports(Graphs.of(frozen, other), NCHW);
    }

    @ParameterizedTest
    @EnumSource(CNN2DFormat.class)
    void flattenedImagesKeepTheOrderOfTheirFormat(CNN2DFormat format) throws Exception {
        var builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(8, 6, 4, format))
                .addLayer("conv", convolution(format), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(5)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "conv")
                .setOutputs("out");
        assertExports(Graphs.init(builder), shape(format));
    }

    @Test
    void inputThatMayBeFlatIsAnImage() throws Exception {
        var builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutionalFlat(8, 6, 4))
                .addLayer("conv", convolution(CNN2DFormat.NCHW), "in")
                .setOutputs("conv");
        assertExports(Graphs.init(builder), NCHW);
    }

    @Test
    void composedPreprocessorsAgree() throws Exception {
        InputPreProcessor image = new FeedForwardToCnnPreProcessor(8, 6, 4);
        var builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", convolution(CNN2DFormat.NCHW), new ComposableInputPreProcessor(image), "in")
                .setOutputs("conv");
        assertExports(Graphs.init(builder), NCHW);
    }

    @Test
    void multiLayerNetworkAgrees() throws Exception {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list(
                        convolution(CNN2DFormat.NCHW),
                        new OutputLayer.Builder().nOut(3).build())
                .setInputType(InputType.convolutional(8, 6, 4))
                .build());
        network.init();
        assertExports(network.toComputationGraph(), NCHW);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"DOUBLE", "HALF"})
    void otherPrecisionsAreWrittenAsFloats(DataType type) throws Exception {
        var builder = new NeuralNetConfiguration.Builder()
                .dataType(type)
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", convolution(CNN2DFormat.NCHW), "in")
                .setOutputs("conv");
        double halfPrecision = 5e-3;
        var graph = Graphs.init(builder);
        Agreement.randomize(graph, 42);
        assertThat(Agreement.difference(graph, NCHW))
                .isLessThan(type == DataType.FLOAT16 ? halfPrecision : Agreement.TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"NCHW,Truncate,1", "NCHW,Same,2", "NHWC,Truncate,2", "NHWC,Same,1"})
    void locallyConnectedAgrees(CNN2DFormat format, ConvolutionMode mode, int stride) throws Exception {
        LocallyConnected2D layer = new LocallyConnected2D.Builder()
                .kernelSize(3, 2)
                .stride(stride, stride)
                .convolutionMode(mode)
                .nOut(3)
                .activation(Activation.LEAKYRELU)
                .build();
        var builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(8, 6, 4, format))
                .addLayer("local", layer, "in")
                .setOutputs("local");
        assertExports(Graphs.init(builder), shape(format));
    }

    @Test
    void autoEncoderAndMaskLayerAgree() throws Exception {
        AutoEncoder encoder = new AutoEncoder.Builder().nIn(6).nOut(4).build();
        assertExports(Graphs.of(encoder, new MaskLayer()), 6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void embeddingAgrees(boolean hasBias) throws Exception {
        ComputationGraph graph = Graphs.of(
                new EmbeddingLayer.Builder().nIn(5).nOut(3).hasBias(hasBias).build());
        Agreement.randomize(graph, 1);
        Path file = directory.resolve("embedding.onnx");
        OnnxExporter.export(graph, file);
        try (OnnxModel model = new OnnxModel(file)) {
            INDArray indices = Nd4j.createFromArray(3f, 0f, 4f, 3f).reshape(4, 1);
            assertThat(Agreement.difference(graph, model, indices)).isLessThan(Agreement.TOLERANCE);
        }
    }
}
