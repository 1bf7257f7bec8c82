package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A network of four convolutions and a depthwise one with two outputs, drawn from a seed: windows, strides, dilations,
 * modes, biases, normalisations and data format vary, and so do all parameters. Two convolutions read one input, and are
 * added.
 *
 * @param graph the network
 * @param input what it reads
 */
record RandomNetwork(ComputationGraph graph, InputType input) {
    private static final int SIZE = 12;
    private static final int BATCH = 3;
    private static final int CLASSES = 3;

    /**
     * @param alwaysNormalised whether a BatchNormalization follows every convolution at once
     */
    static RandomNetwork of(long seed, DataType type, boolean alwaysNormalised) {
        Random random = new Random(seed);
        CNN2DFormat format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        InputType input = InputType.convolutional(SIZE, SIZE, 2, format);
        Growth growth = new Growth(
                random,
                alwaysNormalised,
                SmallNets.global(type, new Adam(1e-2))
                        .graphBuilder()
                        .addInputs("in")
                        .setInputTypes(input));
        ComputationGraph graph = SmallNets.built(growth.grown());
        Nd4j.getRandom().setSeed(seed);
        SmallNets.scatterAll(graph);
        return new RandomNetwork(graph, input);
    }

    static RandomNetwork of(long seed, DataType type) {
        return of(seed, type, false);
    }

    INDArray batch() {
        return SmallNets.batchOf(input, graph.getConfiguration().getDataType(), BATCH);
    }

    /** Trains a network that has these inputs and outputs for two steps. */
    void fit(ComputationGraph other) {
        INDArray labels = SmallNets.labels(graph.getConfiguration().getDataType(), BATCH);
        MultiDataSet data = new MultiDataSet(new INDArray[] {batch()}, new INDArray[] {labels, labels});
        other.fit(data);
        other.fit(data);
    }

    private static final class Growth {
        private final Random random;
        private final boolean alwaysNormalised;
        private final GraphBuilder builder;

        Growth(Random random, boolean alwaysNormalised, GraphBuilder builder) {
            this.random = random;
            this.alwaysNormalised = alwaysNormalised;
            this.builder = builder;
        }

        GraphBuilder grown() {
            convolution("conv1", same(3), "in");
            convolution("left", same(1 + random.nextInt(5)), "conv1-act");
            convolution("right", same(1 + 2 * random.nextInt(3)), "conv1-act");
            builder.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left-act", "right-act")
                    .addLayer("depthwise", new DepthwiseConvolution2D.Builder(3, 3).build(), "sum");
            convolution("last", strided(), "depthwise");
            classes("out", "last-act");
            classes("side", "left-act");
            return builder.setOutputs("out", "side");
        }

        private ConvolutionLayer.Builder same(int k) {
            return new ConvolutionLayer.Builder(k, k).convolutionMode(ConvolutionMode.Same);
        }

        private ConvolutionLayer.Builder strided() {
            int k = 3 + 2 * random.nextInt(2);
            int stride = 1 + random.nextInt(2);
            int dilation = 1 + random.nextInt(2);
            int padding = random.nextInt(3);
            return new ConvolutionLayer.Builder(k, k)
                    .stride(stride, stride)
                    .dilation(dilation, dilation)
                    .padding(padding, padding)
                    .convolutionMode(ConvolutionMode.Truncate);
        }

        /** Ends in "name-act"; without a normalisation it has a bias, since a block would bring one. */
        private void convolution(String name, ConvolutionLayer.Builder layer, String input) {
            boolean normalised = alwaysNormalised || random.nextBoolean();
            boolean activatedFirst = !alwaysNormalised && random.nextInt(4) == 0;
            layer.nOut(4)
                    .hasBias(!normalised || activatedFirst || random.nextBoolean())
                    .activation(activatedFirst ? Activation.TANH : Activation.IDENTITY);
            builder.addLayer(name, layer.build(), input);
            String last = name;
            if (normalised) {
                last = name + "-norm";
                builder.addLayer(
                        last,
                        new BatchNormalization.Builder()
                                .useLogStd(random.nextBoolean())
                                .eps(1e-3)
                                .decay(0.8)
                                .build(),
                        name);
            }
            builder.addLayer(name + "-act", new ActivationLayer(Activation.TANH), last);
        }

        private void classes(String name, String input) {
            builder.addLayer(name + "-pool", new GlobalPoolingLayer(PoolingType.AVG), input)
                    .addLayer(
                            name,
                            new OutputLayer.Builder()
                                    .nOut(CLASSES)
                                    .activation(Activation.SOFTMAX)
                                    .build(),
                            name + "-pool");
        }
    }
}
