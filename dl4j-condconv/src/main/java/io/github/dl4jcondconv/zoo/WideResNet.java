package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Wide ResNets for CIFAR (Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016), as ACNet's code has WRN-16-8: a
 * shortcut convolution in the first block of each stage, with a normalisation and ReLU of its own before it, and a last
 * normalisation that no ReLU follows (Ding et al., "ACNet", ICCV 2019, CIFAR results). Vertices are called as the modules
 * of that code.
 *
 * <p>With {@link BlockKind#ACNET} all 3x3 convolutions are blocks, the first one among them; they normalise their branches
 * although normalisations before the convolutions stay.
 */
public final class WideResNet extends ZooNetwork {
    private static final int STAGES = 3;
    private static final int FIRST_WIDTH = 16;

    private final int depth;
    private final int widening;

    private WideResNet(Builder builder) {
        super(builder, traits(builder.depth, builder.widening));
        depth = builder.depth;
        widening = builder.widening;
    }

    private static Traits traits(int depth, int widening) {
        if (depth < 10 || depth % 6 != 4) {
            throw new IllegalArgumentException(
                    "WideResNet: depth is " + depth + ", allowed: 6n + 4 from 10, such as 16 and 28");
        }
        if (widening < 1 || widening > 32) {
            throw new IllegalArgumentException("WideResNet: widening is " + widening + ", allowed: 1 to 32");
        }
        return Traits.cifar10("wrn" + depth + "-" + widening + "-cifar", 4, PLAIN, ACNET);
    }

    /**
     * A builder of one network.
     *
     * @param depth number of layers, 6n + 4 for n blocks a stage: 16, 22, 28, ...
     * @param widening how many times as many channels as a {@link CifarResNet} has, 1 to 32
     */
    public static Builder builder(int depth, int widening) {
        return new Builder(depth, widening);
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = fixedOrAsymmetric(GammaInit.THIRD);
        Features x = kernels.conv(net, "conv1", net.input(), Conv.of(FIRST_WIDTH, 3));
        for (int stage = 0; stage < STAGES; stage++) {
            int width = FIRST_WIDTH * widening << stage;
            for (int i = 0; i < (depth - 4) / (2 * STAGES); i++) {
                String name = "stage" + (stage + 1) + ".block" + (i + 1);
                x = i == 0
                        ? changing(net, kernels, name, x, width, stage == 0 ? 1 : 2)
                        : net.add(name, main(net, kernels, name, x, width, 1), x);
            }
        }
        x = net.globalPool("avgpool", net.norm("last_bn", x));
        net.classifier("linear", x, numClasses(), dropOut(0));
    }

    /** The first block of a stage. */
    private static Features changing(Blueprint net, Kernels kernels, String name, Features x, int width, int stride) {
        Features main = main(net, kernels, name, x, width, stride);
        Conv projection = Conv.of(width, 1).withStride(stride);
        return net.add(name, main, kernels.normConv(net, name + ".proj.bn", name + ".proj.conv", x, projection));
    }

    private static Features main(Blueprint net, Kernels kernels, String name, Features x, int width, int stride) {
        Conv first = Conv.of(width, 3).withStride(stride);
        Features y = kernels.normConv(net, name + ".conv1.bn", name + ".conv1.conv", x, first);
        return kernels.normConv(net, name + ".conv2.bn", name + ".conv2.conv", y, Conv.of(width, 3));
    }

    /** Builds a {@link WideResNet}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private final int depth;
        private final int widening;

        /** The official recipe's weight decay. */
        private Builder(int depth, int widening) {
            this.depth = depth;
            this.widening = widening;
            updater(new Nesterovs(0.1, 0.9));
            l2(5e-4);
        }

        @Override
        public WideResNet build() {
            return new WideResNet(this);
        }
    }
}
