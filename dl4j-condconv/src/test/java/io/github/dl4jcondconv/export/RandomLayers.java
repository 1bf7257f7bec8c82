package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.Mixing;
import io.github.dl4jcondconv.layers.Routing;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;

/** Draws layers of this library and the images they read; {@code -Drandom.layers} draws more of each. */
final class RandomLayers {
    private final Random random;
    final CNN2DFormat format;
    private final int channels;
    private final int height;
    private final int width;

    RandomLayers(long seed) {
        random = new Random(seed);
        format = any(CNN2DFormat.values());
        channels = 1 + random.nextInt(6);
        height = 6 + random.nextInt(6);
        width = 6 + random.nextInt(6);
    }

    static LongStream seeds() {
        return new Random(5).longs(Integer.getInteger("random.layers", 8), 0, 1_000_000);
    }

    /** A graph with an input "in". */
    GraphBuilder graph() {
        return new NeuralNetConfiguration.Builder()
                .seed(random.nextInt())
                .convolutionMode(any(ConvolutionMode.Same, ConvolutionMode.Truncate))
                .activation(any(Activation.TANH, Activation.ELU, Activation.SWISH, Activation.SOFTMAX))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(height, width, channels, format));
    }

    /** The shape of one image. */
    long[] shape() {
        return format == CNN2DFormat.NCHW ? new long[] {channels, height, width} : new long[] {height, width, channels};
    }

    /** Whether an option is on. */
    boolean flag() {
        return random.nextBoolean();
    }

    /** From 1 to the most. */
    int upTo(int most) {
        return 1 + random.nextInt(most);
    }

    @SafeVarargs
    final <T> T any(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Any kernel, stride and dilation that fit the image. */
    <B extends Convolution2DBlock.Builder<B>> B window(B builder) {
        return builder.kernelSize(upTo(3), upTo(3)).stride(upTo(2), upTo(2)).dilation(upTo(2), upTo(2));
    }

    /** Any routing of a layer's own. */
    Routing routing() {
        Routing routing = any(Routing.sigmoid(), Routing.softmax(1), Routing.softmax(0.3 + random.nextDouble()));
        routing = flag() ? routing.withHiddenLayer(0.5 + random.nextDouble()) : routing;
        return flag() ? routing.withDropOut(0.5) : routing;
    }

    OnnxOptions options() {
        return OnnxOptions.DEFAULT.withMixing(any(Mixing.values()));
    }

    /** Fails unless a network of this layer alone agrees, in whatever form the file mixes kernels. */
    void assertExports(Layer layer) throws Exception {
        ComputationGraph network =
                Graphs.init(graph().addLayer("layer", layer, "in").setOutputs("layer"));
        Agreement.assertExports(network, options(), shape());
    }
}
