package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A small network of layers with random options, and a batch for it; the same for the same seed. */
final class RandomNetwork {
    private static final int CLASSES = 3;
    private static final List<Activation> ACTIVATIONS = List.of(
            Activation.IDENTITY,
            Activation.IDENTITY,
            Activation.RELU,
            Activation.RELU,
            Activation.TANH,
            Activation.LEAKYRELU,
            Activation.SWISH);
    /** Without kinks, at which rounding decides about gradients. */
    private static final List<Activation> SMOOTH = List.of(Activation.IDENTITY, Activation.TANH, Activation.SWISH);

    private static final List<Integer> CHANNELS = List.of(1, 3, 16, 16, 20, 32, 32);

    private final Random random;
    private final boolean own;
    private final CNN2DFormat format;
    private final int height;
    private final int width;
    private final int channels;
    private final int examples;
    private final ComputationGraphConfiguration configuration;

    /** Of stock layers. */
    RandomNetwork(long seed) {
        this(seed, false);
    }

    /** @param own whether there are layers of this library, too */
    RandomNetwork(long seed, boolean own) {
        random = new Random(seed);
        this.own = own;
        format = random.nextInt(3) == 0 ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
        height = 7 + random.nextInt(8);
        width = 7 + random.nextInt(8);
        channels = pick(List.of(1, 3, 16));
        examples = 1 + random.nextInt(4);
        configuration = configuration();
    }

    /** The network as DL4J makes it. */
    ComputationGraph stock() {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }

    private ComputationGraphConfiguration configuration() {
        WorkspaceMode mode = random.nextInt(3) == 0 ? WorkspaceMode.NONE : WorkspaceMode.ENABLED;
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(random.nextInt())
                .updater(new Nesterovs(0.01, 0.9))
                .l2(random.nextBoolean() ? 1e-3 : 0)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(height, width, channels, format));
        // DL4J's activation layer writes to what it reads at inference: first, that would be the batch
        String image = random.nextInt(3) == 0 ? add(graph, "border", zeroPadding(), "image") : "image";
        String last = add(graph, "first", convolution(), image);
        for (int i = 1; i < 5; i++) {
            last = random.nextInt(4) == 0 ? residual(graph, i, last) : add(graph, "layer" + i, layer(), last);
        }
        add(graph, "pool", new GlobalPoolingLayer(random.nextBoolean() ? PoolingType.AVG : PoolingType.MAX), last);
        last = random.nextBoolean() ? "pool" : add(graph, "dense", dense(), "pool");
        return graph.addLayer(
                        "class",
                        new OutputLayer.Builder()
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        last)
                .setOutputs("class")
                .build();
    }

    /** A batch of images with labels. */
    DataSet batch() {
        Nd4j.getRandom().setSeed(11);
        long[] shape = format == CNN2DFormat.NCHW
                ? new long[] {examples, channels, height, width}
                : new long[] {examples, height, width, channels};
        INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return new DataSet(Nd4j.randn(DataType.FLOAT, shape), labels);
    }

    /** f(x) and g(x) of one x as their sum, product or channels of both, each of a convolution and a normalisation. */
    private String residual(GraphBuilder graph, int i, String input) {
        int nOut = pick(CHANNELS);
        String[] branches = {"left" + i, "right" + i};
        for (String branch : branches) {
            Layer convolution = new ConvolutionLayer.Builder(1, 1)
                    .nOut(nOut)
                    .activation(Activation.IDENTITY)
                    .build();
            add(graph, branch, convolution, input);
            add(graph, branch + "norm", new BatchNormalization(), branch);
        }
        graph.addVertex(
                "sum" + i,
                pick(List.of(
                        new ElementWiseVertex(ElementWiseVertex.Op.Add),
                        new ElementWiseVertex(ElementWiseVertex.Op.Product),
                        new MergeVertex())),
                branches[0] + "norm",
                branches[1] + "norm");
        return add(graph, "relu" + i, new ActivationLayer(own ? Activation.TANH : Activation.RELU), "sum" + i);
    }

    private static String add(GraphBuilder graph, String name, Layer layer, String input) {
        graph.addLayer(name, layer, input);
        return name;
    }

    private Layer layer() {
        if (own && random.nextInt(3) > 0) {
            return ownLayer();
        }
        return switch (random.nextInt(9)) {
            case 0, 1 -> convolution();
            case 6, 7, 8 -> filters();
            case 2 ->
                new BatchNormalization.Builder()
                        .useLogStd(random.nextBoolean())
                        .lockGammaBeta(format == CNN2DFormat.NCHW && random.nextInt(3) == 0)
                        .gamma(pick(List.of(1.0, 1.5)))
                        .beta(pick(List.of(0.0, 0.25)))
                        .decay(0.8)
                        // Large, so that the gradients of a chain of normalisations are not differences of equal
                        // numbers
                        .eps(0.1)
                        .build();
            case 3 -> new ActivationLayer(activation());
            default -> pooling();
        };
    }

    private Layer ownLayer() {
        return switch (random.nextInt(6)) {
            case 0 ->
                configured(new CondConv2D.Builder(1 + random.nextInt(3)).numExperts(3))
                        .build();
            case 1 ->
                configured(new DepthwiseCondConv2D.Builder(3).mixing(Mixing.KERNELS))
                        .build();
            case 2 ->
                configured(new WeightNetConv2D.Builder(1 + random.nextInt(3))
                                .m(1)
                                .g(1))
                        .build();
            default -> configured(new AsymmetricConvBlock.Builder(3).eps(0.1)).build();
        };
    }

    private <T extends Convolution2DBlock.Builder<T>> T configured(T builder) {
        boolean same = random.nextBoolean();
        if (!(builder instanceof DepthwiseCondConv2D.Builder)) {
            builder.nOut(pick(CHANNELS));
        }
        return builder.stride(same ? 1 + random.nextInt(2) : 1, 1)
                .padding(same ? 0 : 1)
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .activation(activation());
    }

    private Layer convolution() {
        boolean same = random.nextBoolean();
        return new ConvolutionLayer.Builder(1 + random.nextInt(3), 1 + random.nextInt(3))
                .stride(1 + random.nextInt(2), 1)
                .dilation(1, 1 + random.nextInt(2))
                .padding(same ? 0 : random.nextInt(2), same ? 0 : random.nextInt(3))
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .nOut(pick(CHANNELS))
                .hasBias(random.nextBoolean())
                .activation(activation())
                .build();
    }

    /** Without dilation, of which DL4J's own fail in FLOAT. */
    private Layer filters() {
        ConvolutionLayer.BaseConvBuilder<?> builder =
                switch (random.nextInt(3)) {
                    case 0 -> new DepthwiseConvolution2D.Builder().depthMultiplier(1 + random.nextInt(2));
                    case 1 -> new SeparableConvolution2D.Builder().nOut(pick(CHANNELS));
                    default -> new Deconvolution2D.Builder().nOut(pick(CHANNELS));
                };
        return builder.kernelSize(2, 2 + random.nextInt(2))
                .stride(1, 1 + random.nextInt(2))
                .convolutionMode(ConvolutionMode.Same)
                .hasBias(random.nextBoolean())
                .activation(activation())
                .build();
    }

    private Layer zeroPadding() {
        return new ZeroPaddingLayer.Builder(random.nextInt(2), random.nextInt(3), random.nextInt(2), 1)
                .dataFormat(format)
                .build();
    }

    private Layer dense() {
        return new DenseLayer.Builder()
                .nOut(5)
                .hasBias(random.nextBoolean())
                .activation(pick(ACTIVATIONS))
                .build();
    }

    private Layer pooling() {
        boolean same = random.nextBoolean();
        return new SubsamplingLayer.Builder(random.nextBoolean() ? PoolingType.MAX : PoolingType.AVG)
                .kernelSize(2, 1 + random.nextInt(3))
                .stride(1, 1 + random.nextInt(2))
                .padding(same ? 0 : random.nextInt(2), 0)
                .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
                .avgPoolIncludePadInDivisor(random.nextBoolean())
                .build();
    }

    private Activation activation() {
        return pick(own ? SMOOTH : ACTIVATIONS);
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
