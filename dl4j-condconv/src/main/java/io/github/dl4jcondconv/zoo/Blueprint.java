package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.StridedChannels;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A network that is being written down: the few words that the zoo's networks are made of, over DL4J's GraphBuilder. Each
 * adds a vertex or a few and returns their output.
 *
 * <p>Vertices with parameters are called as in the state dictionary of the paper's code or of torchvision and timm, which
 * is what makes their weight files easy to read. An activation is called as what it activates, with its own name
 * appended: "bn1.relu".
 */
final class Blueprint {
    private final GraphBuilder graph;
    private final int inputChannels;
    private final Normalization normalization;
    private final ConvolutionMode mode;

    /**
     * @param graph to add to; its input is called {@value ZooNetwork#INPUT}
     * @param mode Same to pad as TensorFlow does, else Truncate with each convolution's own padding
     */
    Blueprint(GraphBuilder graph, int inputChannels, Normalization normalization, ConvolutionMode mode) {
        this.graph = graph;
        this.inputChannels = inputChannels;
        this.normalization = normalization;
        this.mode = mode;
    }

    /** For layers that have no word of their own here. */
    GraphBuilder graph() {
        return graph;
    }

    Normalization normalization() {
        return normalization;
    }

    Features input() {
        return new Features(ZooNetwork.INPUT, inputChannels);
    }

    /** Zeros on each side, as DL4J wants to be told: none where the mode pads. */
    int padding(int padding) {
        return mode == ConvolutionMode.Same ? 0 : padding;
    }

    Features norm(String name, Features x) {
        BatchNormalization layer = new BatchNormalization.Builder()
                .eps(normalization.eps())
                .decay(normalization.decay())
                .build();
        graph.addLayer(name, layer, x.vertex());
        return new Features(name, x.channels());
    }

    Features activate(Features x, Activation activation) {
        if (activation == Activation.IDENTITY) {
            return x;
        }
        String name = x.vertex() + "." + activation.toString().toLowerCase(Locale.ROOT);
        graph.addLayer(name, new ActivationLayer(activation), x.vertex());
        return new Features(name, x.channels());
    }

    Features add(String name, Features a, Features b) {
        graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), a.vertex(), b.vertex());
        return new Features(name, a.channels());
    }

    Features concat(String name, Features a, Features b) {
        graph.addVertex(name, new MergeVertex(), a.vertex(), b.vertex());
        return new Features(name, a.channels() + b.channels());
    }

    /**
     * Half of the channels, as ShuffleNetV2 shuffles and splits them.
     *
     * @param first 0 for the even channels, 1 for the odd ones
     */
    Features everyOtherChannel(String name, Features x, int first) {
        StridedChannels layer =
                new StridedChannels.Builder().channelStride(2).offset(first).build();
        graph.addLayer(name, layer, x.vertex());
        return new Features(name, x.channels() / 2);
    }

    Features maxPool(String name, Features x, int kernel, int stride, int padding) {
        return pool(name, x, SubsamplingLayer.PoolingType.MAX, kernel, stride, padding);
    }

    Features averagePool(String name, Features x, int kernel, int stride, int padding) {
        return pool(name, x, SubsamplingLayer.PoolingType.AVG, kernel, stride, padding);
    }

    private Features pool(
            String name, Features x, SubsamplingLayer.PoolingType type, int kernel, int stride, int padding) {
        SubsamplingLayer layer = new SubsamplingLayer.Builder(type)
                .kernelSize(kernel, kernel)
                .stride(stride, stride)
                .padding(padding(padding), padding(padding))
                .build();
        graph.addLayer(name, layer, x.vertex());
        return new Features(name, x.channels());
    }

    /** The mean of each channel, a vector. */
    Features globalPool(String name, Features x) {
        graph.addLayer(name, new GlobalPoolingLayer(PoolingType.AVG), x.vertex());
        return new Features(name, x.channels());
    }

    /**
     * Squeeze-and-excitation.
     *
     * @param reduction how many times fewer values than channels the hidden layer has
     */
    Features squeezeExcitation(String name, Features x, int reduction, Activation hidden) {
        SqueezeExcitation layer = new SqueezeExcitation.Builder()
                .reductionRatio(reduction)
                .hiddenActivation(hidden)
                .build();
        graph.addLayer(name, layer, x.vertex());
        return new Features(name, x.channels());
    }

    /**
     * Fully connected, with ReLU; an image is flattened.
     *
     * @param dropOut probability of keeping an input in training; 0 for no dropout
     */
    Features dense(String name, Features x, int nOut, double dropOut) {
        DenseLayer layer = new DenseLayer.Builder()
                .nOut(nOut)
                .activation(Activation.RELU)
                .dropOut(dropOut)
                .build();
        graph.addLayer(name, layer, x.vertex());
        return new Features(name, nOut);
    }

    /**
     * Fully connected to a softmax over the classes, the network's output.
     *
     * @param dropOut probability of keeping an input of the classifier in training; 0 for no dropout, as in DL4J
     */
    void classifier(String name, Features x, int classes, double dropOut) {
        OutputLayer layer = new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(classes)
                .activation(Activation.SOFTMAX)
                .dropOut(dropOut)
                .build();
        graph.addLayer(name, layer, x.vertex());
        graph.setOutputs(name);
    }
}
