package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.accel.CpuAcceleration;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.ArrayList;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.model.ResNet50;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks that are timed. */
final class Networks {
    /** The name of the only layer of {@link #alone}. */
    static final String LAYER = "layer";

    private static final double LEARNING_RATE = 0.01;
    /**
     * For ResNet50, whose first steps are chaotic: three of them in FLOAT, in DL4J or libtorch, are 2e-3 to 8e-3 off the loss
     * in DOUBLE at 0.01, and 1e-4 to 6e-4 at 0.001, so that a wrong gradient could hide. At this rate a step changes the
     * loss by 3e-3 of itself and all are within 8e-6.
     */
    private static final double SMALL_LEARNING_RATE = 1e-5;

    static final double MOMENTUM = 0.9;
    static final int CLASSES = 10;
    private static final int BLOCKS = 6;
    private static final int WIDTH = 64;
    private static final int SEED = 42;

    private Networks() {}

    /** What the six blocks of a network are. */
    enum Block {
        CONV_BN_RELU {
            @Override
            String addTo(GraphBuilder graph, String name, String input) {
                graph.addLayer(name + "conv", Networks.convolution(WIDTH, 3), input);
                return normalised(graph, name, name + "conv");
            }
        },
        ACB {
            @Override
            String addTo(GraphBuilder graph, String name, String input) {
                graph.addLayer(
                        name + "acb",
                        new AsymmetricConvBlock.Builder(3)
                                .nOut(WIDTH)
                                .padding(1)
                                .activation(Activation.RELU)
                                .build(),
                        input);
                return name + "acb";
            }
        },
        CONDCONV {
            @Override
            String addTo(GraphBuilder graph, String name, String input) {
                graph.addLayer(
                        name + "conv",
                        new CondConv2D.Builder(3)
                                .nOut(WIDTH)
                                .padding(1)
                                .hasBias(false)
                                .build(),
                        input);
                return normalised(graph, name, name + "conv");
            }
        };

        /** Adds the block and returns its last vertex. */
        abstract String addTo(GraphBuilder graph, String name, String input);

        /** Such as {@code conv-bn-relu}. */
        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static String normalised(GraphBuilder graph, String name, String input) {
            graph.addLayer(name + "bn", new BatchNormalization(), input);
            graph.addLayer(name + "relu", new ActivationLayer(Activation.RELU), name + "bn");
            return name + "relu";
        }
    }

    /** Six blocks of 64 channels, global average pooling and softmax. */
    static ComputationGraph sixBlocks(Block block, InputType images) {
        GraphBuilder graph = global().graphBuilder().addInputs("in").setInputTypes(images);
        String last = "in";
        for (int i = 1; i <= BLOCKS; i++) {
            last = block.addTo(graph, "block" + i, last);
        }
        graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last)
                .addLayer("out", classifier(), "pool")
                .setOutputs("out");
        return built(graph);
    }

    /** ResNet50 of deeplearning4j-zoo, its last pooling fitted to small images, without weight decay. */
    static ComputationGraph resNet50(int channels, int height, int width) {
        GraphBuilder graph = ResNet50.builder()
                .inputShape(new int[] {channels, height, width})
                .updater(new Nesterovs(SMALL_LEARNING_RATE, MOMENTUM))
                .build()
                .graphBuilder();
        graph.removeVertex("output").removeVertex("avgpool");
        graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "res5c_branch")
                .addLayer("out", classifier(), "pool")
                .setOutputs("out");
        ComputationGraph net = built(graph);
        // DL4J's loss clips probabilities, which the large logits of an untrained network would reach
        net.getLayer("out").getParam("W").muli(0.01);
        return net;
    }

    /** One layer whose gradients are asked for. */
    static ComputationGraph alone(Layer layer, InputType images) {
        return built(global().graphBuilder()
                .addInputs("in")
                .setInputTypes(images)
                .addLayer(LAYER, layer, "in")
                .setOutputs(LAYER)
                .validateOutputLayerConfig(false));
    }

    static ConvolutionLayer convolution(int channels, int kernel) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(channels)
                .padding(kernel / 2, kernel / 2)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    /**
     * Takes the statistics of one batch as running statistics, by one training step: those of an untrained network would
     * let the activations of a deep one overflow.
     */
    static ComputationGraph settled(ComputationGraph net, INDArray images) {
        for (GraphVertex vertex : net.getConfiguration().getVertices().values()) {
            if (vertex instanceof LayerVertex layer
                    && layer.getLayerConf().getLayer() instanceof BatchNormalization normalisation) {
                normalisation.setDecay(0);
            }
        }
        ComputationGraph copy = copyOf(net);
        CpuAcceleration.accelerate(copy);
        copy.fit(new DataSet(images, labels((int) images.size(0))));
        net.setParams(copy.params());
        return net;
    }

    /** The learning rate of a network of this class. */
    static double learningRate(ComputationGraph net) {
        BaseLayer output = (BaseLayer) net.getOutputLayer(0).conf().getLayer();
        return ((Nesterovs) output.getIUpdater()).getLearningRate();
    }

    /** A copy with parameters and running statistics of its own. */
    static ComputationGraph copyOf(ComputationGraph net) {
        ComputationGraph copy = new ComputationGraph(net.getConfiguration().clone());
        copy.init(net.params().dup(), false);
        return copy;
    }

    static NeuralNetConfiguration.Builder global() {
        return new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Truncate)
                .updater(new Nesterovs(LEARNING_RATE, MOMENTUM));
    }

    private static OutputLayer classifier() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(CLASSES)
                .build();
    }

    static ComputationGraph built(GraphBuilder builder) {
        ComputationGraphConfiguration configuration = builder.build();
        configuration.getVertices().values().forEach(Networks::removeDecay);
        ComputationGraph net = new ComputationGraph(configuration);
        net.init();
        return net;
    }

    /** The zoo's networks decay their weights; a rival would have to do the same to the last detail. */
    private static void removeDecay(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer && layer.getLayerConf().getLayer() instanceof BaseLayer base) {
            base.setRegularization(new ArrayList<>());
            base.setRegularizationBias(new ArrayList<>());
        }
    }

    /** Random images. */
    static INDArray images(long... shape) {
        return Nd4j.randn(shape);
    }

    /** Random labels, one-hot. */
    static INDArray labels(int batch) {
        INDArray labels = Nd4j.zeros(batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, (i * 7) % CLASSES, 1);
        }
        return labels;
    }
}
