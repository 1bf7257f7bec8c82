package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.Agreement.assertExports;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Graphs that nobody wrote, drawn from a printed seed; {@code -Drandom.graphs} draws more of them. */
class RandomGraphExportTest {
    private static final int SIZE = 12;
    private static final int CHANNELS = 4;

    static LongStream seeds() {
        return new Random(20261122).longs(Integer.getInteger("random.graphs", 16), 0, 1_000_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agrees(long seed) throws Exception {
        Random random = new Random(seed);
        CNN2DFormat format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        ComputationGraph graph = new Growth(random, format).grow();
        assertExports(
                graph,
                format == CNN2DFormat.NCHW ? new long[] {CHANNELS, SIZE, SIZE} : new long[] {SIZE, SIZE, CHANNELS});
    }

    /**
     * Adds vertices that keep the image's size, then some that change it, then a classifier of either kind. Left out is
     * what DL4J computes wrongly: an ActivationLayer overwrites its input where that is the network's input or output,
     * and a DepthwiseConvolution2D misreads what an NHWC SeparableConvolution2D gives.
     */
    private static final class Growth {
        private final Random random;
        private final CNN2DFormat format;
        private final GraphBuilder builder;
        private final List<String> sameSize = new ArrayList<>(List.of("entrance"));

        Growth(Random random, CNN2DFormat format) {
            this.random = random;
            this.format = format;
            builder = new NeuralNetConfiguration.Builder()
                    .seed(random.nextInt())
                    .convolutionMode(ConvolutionMode.Same)
                    .activation(any(Activation.RELU, Activation.TANH, Activation.SWISH, Activation.LEAKYRELU))
                    .graphBuilder()
                    .addInputs("in")
                    .setInputTypes(InputType.convolutional(SIZE, SIZE, CHANNELS, format));
        }

        ComputationGraph grow() {
            builder.addLayer("entrance", convolution(3), "in");
            for (int i = 0; i < 6; i++) {
                if (random.nextInt(3) == 0) {
                    add(vertex(), earlier(), earlier());
                } else {
                    add(keepingSize(), earlier());
                }
            }
            builder.addVertex("all", new MergeVertex(), sameSize.toArray(String[]::new));
            String last = "all";
            for (int i = 0; i < 3; i++) {
                builder.addLayer("resized" + i, resizing(), last);
                last = "resized" + i;
            }
            if (random.nextBoolean()) {
                builder.addLayer("pooled", new GlobalPoolingLayer(any(PoolingType.AVG, PoolingType.MAX)), last);
                last = "pooled";
            }
            builder.addLayer(
                    "classes",
                    new OutputLayer.Builder()
                            .nOut(3)
                            .activation(Activation.SOFTMAX)
                            .build(),
                    last);
            return Graphs.init(builder.setOutputs("classes"));
        }

        private void add(Object what, String... from) {
            String name = "v" + sameSize.size();
            if (what instanceof Layer layer) {
                builder.addLayer(name, layer, from[0]);
            } else if (what instanceof ScaleVertex
                    || what instanceof ShiftVertex
                    || what instanceof L2NormalizeVertex) {
                builder.addVertex(name, (GraphVertex) what, from[0]);
            } else {
                builder.addVertex(name, (GraphVertex) what, from);
            }
            if (what instanceof MergeVertex) {
                builder.addLayer(name + "-reduced", convolution(1), name);
                name += "-reduced";
            }
            sameSize.add(name);
        }

        private String earlier() {
            return sameSize.get(random.nextInt(sameSize.size()));
        }

        private GraphVertex vertex() {
            return any(
                    new ElementWiseVertex(any(ElementWiseVertex.Op.values())),
                    new MergeVertex(),
                    new ScaleVertex(0.5),
                    new ShiftVertex(0.3),
                    new L2NormalizeVertex());
        }

        private Layer keepingSize() {
            return any(
                    convolution(1 + random.nextInt(3)),
                    format == CNN2DFormat.NHWC
                            ? convolution(2)
                            : new SeparableConvolution2D.Builder(3, 3)
                                    .nOut(CHANNELS)
                                    .build(),
                    new DepthwiseConvolution2D.Builder(3, 3).build(),
                    new BatchNormalization(),
                    new SubsamplingLayer.Builder(any(PoolingType.AVG, PoolingType.MAX))
                            .kernelSize(3, 3)
                            .stride(1, 1)
                            .build(),
                    new ActivationLayer(any(Activation.ELU, Activation.MISH, Activation.HARDSIGMOID)),
                    new LocalResponseNormalization.Builder().dataFormat(format).build(),
                    new DropoutLayer(0.5));
        }

        private ConvolutionLayer convolution(int kernel) {
            return new ConvolutionLayer.Builder(kernel, kernel).nOut(CHANNELS).build();
        }

        private Layer resizing() {
            return any(
                    new ConvolutionLayer.Builder(3, 3)
                            .stride(2, 2)
                            .nOut(CHANNELS)
                            .build(),
                    new Deconvolution2D.Builder(2, 2)
                            .stride(2, 2)
                            .nOut(CHANNELS)
                            .build(),
                    new SubsamplingLayer.Builder(any(PoolingType.AVG, PoolingType.MAX))
                            .kernelSize(2, 2)
                            .stride(2, 2)
                            .build(),
                    new Upsampling2D.Builder().size(2).dataFormat(format).build(),
                    new ZeroPaddingLayer.Builder(1, 0, 2, 1).dataFormat(format).build(),
                    new Cropping2D.Builder(0, 1, 1, 0).dataFormat(format).build());
        }

        @SafeVarargs
        private <T> T any(T... choices) {
            return choices[random.nextInt(choices.length)];
        }
    }
}
