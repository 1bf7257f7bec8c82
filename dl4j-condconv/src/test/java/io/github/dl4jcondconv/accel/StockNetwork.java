package io.github.dl4jcondconv.accel;

import org.deeplearning4j.nn.conf.CNN2DFormat;
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
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Small networks made of DL4J's layers in the ways of well-known ones. */
enum StockNetwork {
    /** Depthwise and 1x1 convolutions, each normalised. */
    MOBILE {
        @Override
        String features(GraphBuilder graph, String image) {
            String last = normalized(graph, "stem", convolution(3, 16), image);
            last = normalized(graph, "depthwise1", depthwise(3, 1), last);
            last = normalized(graph, "pointwise1", convolution(1, 32), last);
            last = normalized(graph, "depthwise2", depthwise(5, 2), last);
            return normalized(graph, "pointwise2", convolution(1, 20), last);
        }
    },
    /** Separable convolutions with a shortcut. */
    XCEPTION {
        @Override
        String features(GraphBuilder graph, String image) {
            String first = normalized(graph, "stem", convolution(3, 32), image);
            String last = normalized(graph, "separable1", separable(3, 32), first);
            last = normalized(graph, "separable2", separable(3, 32), last);
            graph.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), last, first);
            return add(graph, "separable3", separable(5, 20), "sum");
        }
    },
    /** Branches whose channels are merged; one of them fills no blocks. */
    INCEPTION {
        @Override
        String features(GraphBuilder graph, String image) {
            String first = normalized(graph, "stem", convolution(3, 16), image);
            merge(graph, "mixed1", 16, first);
            merge(graph, "mixed2", 12, "mixed1");
            return add(graph, "relu", new ActivationLayer(Activation.RELU), "mixed2");
        }

        private void merge(GraphBuilder graph, String name, int channels, String input) {
            String one = add(graph, name + "a", relu(convolution(1, 32)), input);
            String three = add(graph, name + "b", relu(convolution(3, channels)), input);
            String pool = add(graph, name + "c", maximum(1), input);
            graph.addVertex(name, new MergeVertex(), one, three, pool);
        }
    },
    /** Down and up again, with a shortcut merged and dropout in between. */
    U_NET {
        @Override
        String features(GraphBuilder graph, String image) {
            String high = add(graph, "high", relu(convolution(3, 16)), image);
            String pool = add(graph, "half", maximum(2), high);
            String low = add(graph, "low", relu(convolution(3, 32)), pool);
            low = add(graph, "drop", new DropoutLayer(0.8), low);
            Layer deconvolution = new Deconvolution2D.Builder(2, 2)
                    .stride(2, 2)
                    .nOut(16)
                    .activation(Activation.RELU)
                    .build();
            String up = add(graph, "up", deconvolution, low);
            graph.addVertex("both", new MergeVertex(), up, high);
            return add(graph, "last", relu(convolution(3, 20)), "both");
        }
    },
    /** A residual network of which training leaves the first part as it is. */
    TRANSFER {
        @Override
        String features(GraphBuilder graph, String image) {
            String stem = normalized(graph, "stem", convolution(3, 32), image);
            String sum = residual(graph, "1", stem);
            return residual(graph, "2", sum);
        }

        @Override
        ComputationGraph finished(ComputationGraph graph) {
            return new TransferLearning.GraphBuilder(graph)
                    .fineTuneConfiguration(
                            new FineTuneConfiguration.Builder().updater(UPDATER).build())
                    .setFeatureExtractor("relu1")
                    .build();
        }
    },
    /** A residual block that training leaves as it is, though gradients go through it. */
    PASSED_THROUGH {
        @Override
        String features(GraphBuilder graph, String image) {
            String stem = normalized(graph, "stem", convolution(3, 32), image);
            String last = add(graph, "frozen1", new FrozenLayerWithBackprop(convolution(3, 32)), stem);
            last = add(graph, "frozen2", new FrozenLayerWithBackprop(new BatchNormalization()), last);
            last = add(graph, "frozen3", new FrozenLayerWithBackprop(depthwise(3, 1)), last);
            graph.addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), last, stem);
            return add(graph, "relu", new ActivationLayer(Activation.RELU), "sum");
        }
    };

    private static final Nesterovs UPDATER = new Nesterovs(0.01, 0.9);

    /** Adds layers from the images to features. */
    abstract String features(GraphBuilder graph, String image);

    ComputationGraph finished(ComputationGraph graph) {
        return graph;
    }

    /** The network as DL4J makes it, always with the same parameters. */
    ComputationGraph stock(CNN2DFormat format) {
        return stock(format, WorkspaceMode.ENABLED);
    }

    ComputationGraph stock(CNN2DFormat format, WorkspaceMode mode) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(3)
                .trainingWorkspaceMode(mode)
                .inferenceWorkspaceMode(mode)
                .updater(UPDATER)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(12, 8, 3, format));
        String features = features(graph, "image");
        graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), features)
                .addLayer(
                        "class",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("class");
        ComputationGraph network = new ComputationGraph(graph.build());
        network.init();
        return finished(network);
    }

    static DataSet batch(CNN2DFormat format) {
        Nd4j.getRandom().setSeed(7);
        INDArray images = Nd4j.randn(DataType.FLOAT, 4, 3, 12, 8);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 4, 3);
        for (int i = 0; i < 4; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return new DataSet(
                format == CNN2DFormat.NCHW ? images : images.permute(0, 2, 3, 1).dup('c'), labels);
    }

    private static String residual(GraphBuilder graph, String name, String input) {
        String last = normalized(graph, "a" + name, convolution(3, 32), input);
        last = add(graph, "b" + name, convolution(1, 32), last);
        last = add(graph, "n" + name, new BatchNormalization(), last);
        graph.addVertex("sum" + name, new ElementWiseVertex(ElementWiseVertex.Op.Add), last, input);
        return add(graph, "relu" + name, new ActivationLayer(Activation.RELU), "sum" + name);
    }

    /** A layer, normalised and rectified. */
    private static String normalized(GraphBuilder graph, String name, Layer layer, String input) {
        add(graph, name, layer, input);
        add(graph, name + "norm", new BatchNormalization(), name);
        return add(graph, name + "relu", new ActivationLayer(Activation.RELU), name + "norm");
    }

    private static String add(GraphBuilder graph, String name, Layer layer, String input) {
        graph.addLayer(name, layer, input);
        return name;
    }

    private static ConvolutionLayer convolution(int kernel, int nOut) {
        return new ConvolutionLayer.Builder(kernel, kernel).nOut(nOut).build();
    }

    private static ConvolutionLayer relu(ConvolutionLayer layer) {
        layer.setActivationFn(Activation.RELU.getActivationFunction());
        return layer;
    }

    private static Layer depthwise(int kernel, int stride) {
        return new DepthwiseConvolution2D.Builder()
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .build();
    }

    private static Layer separable(int kernel, int nOut) {
        return new SeparableConvolution2D.Builder(kernel, kernel).nOut(nOut).build();
    }

    private static Layer maximum(int stride) {
        return new SubsamplingLayer.Builder(PoolingType.MAX)
                .kernelSize(3, 3)
                .stride(stride, stride)
                .build();
    }
}
