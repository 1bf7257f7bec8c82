package io.github.dl4jcondconv.accel;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A layer with filters and random options, images for it and what comes back; the same for the same seed. */
final class RandomFilterLayer {
    enum Kind {
        PLAIN,
        DEPTHWISE,
        SEPARABLE,
        DECONVOLUTION;

        private ConvolutionLayer.BaseConvBuilder<?> builder(Random random) {
            int multiplier = pick(random, 1, 1, 2, 3);
            int nOut = pick(random, 1, 5, 16, 20, 32);
            return switch (this) {
                case PLAIN -> new ConvolutionLayer.Builder().nOut(nOut);
                case DECONVOLUTION -> new Deconvolution2D.Builder().nOut(nOut);
                case DEPTHWISE -> new DepthwiseConvolution2D.Builder().depthMultiplier(multiplier);
                case SEPARABLE ->
                    new SeparableConvolution2D.Builder()
                            .depthMultiplier(multiplier)
                            .nOut(nOut);
            };
        }
    }

    private final CNN2DFormat format;
    private final int examples;
    private final int channels;
    private final int height;
    private final int width;
    private final ConvolutionLayer conf;

    RandomFilterLayer(Kind kind, long seed) {
        Random random = new Random(seed);
        format = pick(random, CNN2DFormat.NCHW, CNN2DFormat.NCHW, CNN2DFormat.NHWC);
        examples = 1 + random.nextInt(3);
        // DL4J's separable convolution fails on one channel
        channels = pick(random, kind == Kind.SEPARABLE ? 2 : 1, 3, 16, 20, 32);
        height = 9 + random.nextInt(6);
        width = 9 + random.nextInt(6);
        conf = options(kind.builder(random), random);
    }

    private static ConvolutionLayer options(ConvolutionLayer.BaseConvBuilder<?> builder, Random random) {
        ConvolutionMode mode = pick(random, ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Strict);
        int most = mode == ConvolutionMode.Strict ? 1 : 2;
        int padding = mode == ConvolutionMode.Same ? 1 : 2;
        return builder.kernelSize(1 + random.nextInt(5), 1 + random.nextInt(5))
                .stride(1 + random.nextInt(most), 1 + random.nextInt(most))
                .dilation(pick(random, 1, 1, 2), pick(random, 1, 1, 2))
                .padding(random.nextInt(padding), random.nextInt(padding))
                .convolutionMode(mode)
                .hasBias(random.nextBoolean())
                .biasInit(0.1)
                .activation(pick(
                        random,
                        Activation.IDENTITY,
                        Activation.RELU,
                        Activation.TANH,
                        Activation.LEAKYRELU,
                        Activation.SWISH))
                .build();
    }

    MultiLayerNetwork stock() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .trainingWorkspaceMode(WorkspaceMode.NONE)
                .list()
                .layer(conf.clone())
                .setInputType(InputType.convolutional(height, width, channels, format))
                .build());
        network.init();
        return network;
    }

    INDArray images() {
        Nd4j.getRandom().setSeed(3);
        return format == CNN2DFormat.NCHW
                ? Nd4j.randn(DataType.FLOAT, examples, channels, height, width)
                : Nd4j.randn(DataType.FLOAT, examples, height, width, channels);
    }

    /**
     * The output, the gradients by the parameters and that by the input.
     *
     * @param training whether the forward pass is one of training
     */
    Map<String, INDArray> passes(MultiLayerNetwork network, boolean training) {
        DataType type = network.getLayerWiseConfigurations().getDataType();
        network.setInput(images().castTo(type));
        INDArray output = network.feedForward(training, false).get(1);
        Nd4j.getRandom().setSeed(4);
        INDArray epsilon = Nd4j.randn(DataType.FLOAT, output.shape()).castTo(type);
        Map<String, INDArray> result = new TreeMap<>(Map.of("output", output.dup()));
        Pair<Gradient, INDArray> gradients = network.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
        result.putAll(gradients.getFirst().gradientForVariable());
        result.put("epsilon", gradients.getSecond());
        return result;
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }
}
