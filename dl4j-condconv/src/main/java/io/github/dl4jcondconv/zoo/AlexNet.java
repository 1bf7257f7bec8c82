package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * AlexNet without local response normalisation, in torchvision's form (Krizhevsky, "One weird trick for parallelizing
 * convolutional neural networks", 2014): 61,100,840 parameters. Vertices are called as torchvision's modules.
 *
 * <p>With {@link BlockKind#ACNET} the 5x5 and 3x3 convolutions are blocks (Ding et al., "ACNet", ICCV 2019, ImageNet
 * results). The stock convolutions have biases and no normalisation; so a fused network is the stock network again, to the
 * last parameter. The first fully connected layer reads 6x6 positions at 224x224, other numbers at other sizes.
 */
public final class AlexNet extends ZooNetwork {
    private static final int HIDDEN = 4096;
    private static final double RETAIN = 0.5;

    private AlexNet(Builder builder) {
        super(builder, Traits.imageNet("alexnet", PLAIN, ACNET).withSmallestSide(63));
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = fixedOrAsymmetric(GammaInit.ONE);
        Conv stem = Conv.of(64, 11).withStride(4).withPadding(2);
        Features x = convolution(net, kernels, "features.0", net.input(), stem);
        x = net.maxPool("features.2", x, 3, 2, 0);
        x = convolution(net, kernels, "features.3", x, Conv.of(192, 5));
        x = net.maxPool("features.5", x, 3, 2, 0);
        x = convolution(net, kernels, "features.6", x, Conv.of(384, 3));
        x = convolution(net, kernels, "features.8", x, Conv.of(256, 3));
        x = convolution(net, kernels, "features.10", x, Conv.of(256, 3));
        x = net.maxPool("features.12", x, 3, 2, 0);
        x = net.dense("classifier.1", x, HIDDEN, dropOut(RETAIN));
        x = net.dense("classifier.4", x, HIDDEN, dropOut(RETAIN));
        net.classifier("classifier.6", x, numClasses(), 0);
    }

    private static Features convolution(Blueprint net, Kernels kernels, String name, Features x, Conv conv) {
        return net.activate(kernels.conv(net, name, x, conv.withHasBias(true)), Activation.RELU);
    }

    /** Builds an {@link AlexNet}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private Builder() {
            updater(new Nesterovs(0.01, 0.9));
            l2(5e-4);
        }

        @Override
        public AlexNet build() {
            return new AlexNet(this);
        }
    }
}
