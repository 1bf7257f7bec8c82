package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;

/**
 * VGG-16 for CIFAR, with BatchNormalization and one hidden fully connected layer of 512 (Simonyan and Zisserman, "Very
 * Deep Convolutional Networks", ICLR 2015, configuration D, as in Ding et al., "ACNet", ICCV 2019). Vertices are called as
 * the modules of ACNet's code.
 *
 * <p>14,986,698 parameters; with {@link BlockKind#ACNET} 24,810,570 in training and 14,982,474 after fusion.
 */
public final class CifarVgg16 extends ZooNetwork {
    /** Channels of the convolutions; each stage ends with a pooling that halves the image. */
    private static final int[][] STAGES = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};

    private static final int HIDDEN = 512;

    private CifarVgg16(Builder builder) {
        super(builder, Traits.cifar10("vgg16-cifar", 32, PLAIN, ACNET).withSmallestSide(32));
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = fixedOrAsymmetric(GammaInit.THIRD);
        Features x = net.input();
        int number = 0;
        for (int stage = 0; stage < STAGES.length; stage++) {
            for (int channels : STAGES[stage]) {
                String name = "stem.conv" + ++number;
                x = kernels.convNorm(net, name + ".conv", name + ".bn", x, Conv.of(channels, 3), Activation.RELU);
            }
            x = net.maxPool("stem.maxpool" + (stage + 1), x, 2, 2, 0);
        }
        net.classifier("linear2", net.dense("linear1", x, HIDDEN, 0), numClasses(), dropOut(0));
    }

    /** Builds a {@link CifarVgg16}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private Builder() {}

        @Override
        public CifarVgg16 build() {
            return new CifarVgg16(this);
        }
    }
}
