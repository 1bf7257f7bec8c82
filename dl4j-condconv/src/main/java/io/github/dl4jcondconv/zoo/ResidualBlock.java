package io.github.dl4jcondconv.zoo;

import org.nd4j.linalg.activations.Activation;

/**
 * The two residual blocks of He et al., "Deep Residual Learning for Image Recognition", CVPR 2016. Where the input has
 * another size than the output, a 1x1 convolution brings it there.
 *
 * @param name first part of the names of its vertices
 * @param width channels of its convolutions; a bottleneck puts out four times as many
 * @param stride of the block
 * @param main of the convolutions
 * @param shortcut of the 1x1 convolution beside them, if there is one
 */
record ResidualBlock(String name, int width, int stride, Kernels main, Kernels shortcut) {
    /** How many times as many channels as its width a bottleneck puts out. */
    static final int EXPANSION = 4;

    /** Two 3x3 convolutions. */
    Features basic(Blueprint net, Features x) {
        Features y = convNorm(net, 1, x, Conv.of(width, 3).withStride(stride), Activation.RELU);
        y = convNorm(net, 2, y, Conv.of(width, 3), Activation.IDENTITY);
        return addShortcut(net, x, y);
    }

    /** 1x1, 3x3 with the stride, and 1x1 to four times the width. */
    Features bottleneck(Blueprint net, Features x) {
        Features y = convNorm(net, 1, x, Conv.of(width, 1), Activation.RELU);
        y = convNorm(net, 2, y, Conv.of(width, 3).withStride(stride), Activation.RELU);
        y = convNorm(net, 3, y, Conv.of(width * EXPANSION, 1), Activation.IDENTITY);
        return addShortcut(net, x, y);
    }

    private Features convNorm(Blueprint net, int index, Features x, Conv conv, Activation activation) {
        return main.convNorm(net, name + ".conv" + index, name + ".bn" + index, x, conv, activation);
    }

    private Features addShortcut(Blueprint net, Features x, Features y) {
        return net.activate(net.add(name + ".add", y, shortcut(net, x, y.channels())), Activation.RELU);
    }

    private Features shortcut(Blueprint net, Features x, int channels) {
        if (stride == 1 && x.channels() == channels) {
            return x;
        }
        Conv conv = Conv.of(channels, 1).withStride(stride);
        return shortcut.convNorm(net, name + ".downsample.0", name + ".downsample.1", x, conv, Activation.IDENTITY);
    }
}
