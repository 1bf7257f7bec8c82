package io.github.dl4jcondconv.zoo;

import org.nd4j.linalg.activations.Activation;

/** How a convolution comes by its kernels. A network that swaps it changes its kind and keeps its architecture. */
interface Kernels {
    /** Adds the convolution, without normalisation and activation. */
    Features conv(Blueprint net, String name, Features x, Conv conv);

    /**
     * Adds the convolution, its normalisation and its activation.
     *
     * @param name the convolution's vertex
     * @param norm the normalisation's vertex, where it has one of its own
     * @param activation IDENTITY for none
     */
    default Features convNorm(Blueprint net, String name, String norm, Features x, Conv conv, Activation activation) {
        return net.activate(net.norm(norm, conv(net, name, x, conv)), activation);
    }

    /**
     * Adds a normalisation, ReLU and the convolution, in the order of pre-activation networks.
     *
     * @param norm the normalisation's vertex
     * @param name the convolution's vertex
     */
    default Features normConv(Blueprint net, String norm, String name, Features x, Conv conv) {
        return conv(net, name, net.activate(net.norm(norm, x), Activation.RELU), conv);
    }

    /** Adds the classifier: global average pooling is done, the output is a probability for each class. */
    default void classifier(Blueprint net, String name, Features x, int classes, double dropOut) {
        net.classifier(name, x, classes, dropOut);
    }
}
