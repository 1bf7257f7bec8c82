package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;

/**
 * Cifar-quick with BatchNormalization: three 5x5 convolutions, each followed by a pooling of stride 2, and two fully
 * connected layers (Ding et al., "ACNet", ICCV 2019, CIFAR results). Vertices are called as the modules of ACNet's code.
 *
 * <p>117,034 parameters; with {@link BlockKind#ACNET}, whose branches are 1x5 and 5x1 as in the present official code,
 * 149,226 in training and 116,906 after fusion. When the paper was written, the code had 1x3 and 3x1 branches beside 5x5.
 */
public final class CifarQuick extends ZooNetwork {
    private CifarQuick(Builder builder) {
        super(builder, Traits.cifar10("cifar-quick", 8, PLAIN, ACNET).withSmallestSide(15));
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = fixedOrAsymmetric(GammaInit.THIRD);
        Features x = convolution(net, kernels, "conv1", net.input(), 32);
        x = net.maxPool("pool1", x, 3, 2, 0);
        x = convolution(net, kernels, "conv2", x, 32);
        x = net.averagePool("pool2", x, 3, 2, 0);
        x = convolution(net, kernels, "conv3", x, 64);
        x = net.averagePool("pool3", x, 3, 2, 0);
        net.classifier("fc2", net.dense("fc1", x, 64, 0), numClasses(), dropOut(0));
    }

    private static Features convolution(Blueprint net, Kernels kernels, String name, Features x, int nOut) {
        return kernels.convNorm(net, name + ".conv", name + ".bn", x, Conv.of(nOut, 5), Activation.RELU);
    }

    /** Builds a {@link CifarQuick}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private Builder() {}

        @Override
        public CifarQuick build() {
            return new CifarQuick(this);
        }
    }
}
