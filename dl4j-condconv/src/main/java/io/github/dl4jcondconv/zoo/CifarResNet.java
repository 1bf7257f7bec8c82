package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;

/**
 * ResNets for CIFAR (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2): three stages of
 * basic blocks with 16, 32 and 64 channels, and 1x1 convolutions as shortcuts where the size changes.
 *
 * <ul>
 *   <li>{@link BlockKind#CONDCONV}: all 3x3 convolutions of the residual blocks, each with its own router, but not the
 *       classifier. That is the ResNet-20 of a public reproduction, whose README gives 274,042 parameters for the stock
 *       network, 1,078,402 for 4 experts and 4,293,274 for 16. These count the 1,568 running statistics of
 *       BatchNormalization, as DL4J's numParams() does; {@code profile.GraphProfile} counts them apart.
 *   <li>{@link BlockKind#ACNET}: all 3x3 convolutions, with gammas that start at 1/3 (Ding et al., "ACNet", ICCV 2019,
 *       CIFAR results of ResNet-56).
 * </ul>
 */
public final class CifarResNet extends ZooNetwork {
    private static final int STAGES = 3;
    private static final int FIRST_WIDTH = 16;

    private final int depth;

    private CifarResNet(Builder builder) {
        super(builder, traits(builder.depth));
        depth = builder.depth;
    }

    private static Traits traits(int depth) {
        if (depth < 8 || depth % 6 != 2) {
            throw new IllegalArgumentException(
                    "CifarResNet: depth is " + depth + ", allowed: 6n + 2 from 8, such as 20 and 56");
        }
        return Traits.cifar10("resnet" + depth + "-cifar", 4, PLAIN, CONDCONV, ACNET);
    }

    /**
     * A builder of one network.
     *
     * @param depth number of layers, 6n + 2 for n blocks a stage: 20, 32, 44, 56, ...
     */
    public static Builder builder(int depth) {
        return new Builder(depth);
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = kernels();
        Kernels stem = block() == ACNET ? kernels : new FixedKernels();
        Features x = stem.convNorm(net, "conv1", "bn1", net.input(), Conv.of(FIRST_WIDTH, 3), Activation.RELU);
        for (int stage = 0; stage < STAGES; stage++) {
            for (int i = 0; i < (depth - 2) / (2 * STAGES); i++) {
                int stride = stage > 0 && i == 0 ? 2 : 1;
                String name = "layer" + (stage + 1) + "." + i;
                x = new ResidualBlock(name, FIRST_WIDTH << stage, stride, kernels, new FixedKernels()).basic(net, x);
            }
        }
        net.classifier("fc", net.globalPool("avgpool", x), numClasses(), dropOut(0));
    }

    private Kernels kernels() {
        return switch (block()) {
            case CONDCONV -> isConditional() ? MixedKernels.ownRouter(experts()) : new FixedKernels();
            case ACNET -> new AsymmetricKernels(GammaInit.THIRD);
            default -> new FixedKernels();
        };
    }

    /** Builds a {@link CifarResNet}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private final int depth;

        private Builder(int depth) {
            this.depth = depth;
        }

        @Override
        public CifarResNet build() {
            return new CifarResNet(this);
        }
    }
}
