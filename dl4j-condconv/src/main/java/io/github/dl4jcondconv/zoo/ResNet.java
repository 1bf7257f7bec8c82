package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static io.github.dl4jcondconv.zoo.BlockKind.WEIGHTNET;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.activations.Activation;

/**
 * ResNet-18, -34, -50 and -101 for ImageNet (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016), in
 * torchvision's form, which has the stride of a bottleneck in its 3x3 convolution. Vertices are called as torchvision's
 * modules.
 *
 * <ul>
 *   <li>{@link BlockKind#CONDCONV}: the main-path convolutions of the last three residual blocks, with one router for each
 *       block, and the classifier with its own (Yang et al., "CondConv", NeurIPS 2019, section 4.1: ResNet-50 with 8
 *       experts, 4213M multiply-adds). Stock: 25,557,032 parameters, with 8 experts 129,872,800. ResNet-18 with 8 experts
 *       has 81,353,120, the 81.35M that later papers compare with.
 *   <li>{@link BlockKind#WEIGHTNET}: all convolutions of the residual blocks, the shortcut's among them, with one context
 *       for each block, which has max(16, nIn / 16) values of its nIn input channels (Ma et al., "WeightNet", ECCV 2020,
 *       ResNet-50). The authors published no code for it; this follows their ShuffleNetV2. Their code takes the size of
 *       the context from each layer's own nIn, which in a ResNet differs from the block's.
 *   <li>{@link BlockKind#ACNET}: the 3x3 convolutions (Ding et al., "ACNet", ICCV 2019, ImageNet results of ResNet-18).
 *       ResNet-18 has 11,689,512 parameters, in training 19,028,520 and after fusion 11,684,712. The official code, which
 *       fuses the blocks alone, leaves 11,685,672: two values for each channel of the stem and the shortcuts.
 * </ul>
 */
public final class ResNet extends ZooNetwork {
    private static final int CONDITIONAL_BLOCKS = 3;
    private static final int FIRST_WIDTH = 64;

    private static final Map<Integer, int[]> BLOCKS = Map.of(
            18, new int[] {2, 2, 2, 2},
            34, new int[] {3, 4, 6, 3},
            50, new int[] {3, 4, 6, 3},
            101, new int[] {3, 4, 23, 3});

    private final int depth;

    private ResNet(Builder builder) {
        super(builder, traits(builder.depth));
        depth = builder.depth;
    }

    private static Traits traits(int depth) {
        String name = "resnet" + depth;
        return switch (depth) {
            case 18 -> Traits.imageNet(name, PLAIN, CONDCONV, ACNET);
            case 34 -> Traits.imageNet(name, PLAIN, ACNET);
            case 50 -> Traits.imageNet(name, PLAIN, CONDCONV, WEIGHTNET);
            case 101 -> Traits.imageNet(name, PLAIN);
            default -> throw new IllegalArgumentException("ResNet: depth is " + depth + ", allowed: 18, 34, 50, 101");
        };
    }

    /**
     * A builder of one network.
     *
     * @param depth 18, 34, 50 or 101
     */
    public static Builder builder(int depth) {
        return new Builder(depth);
    }

    @Override
    void write(Blueprint net) {
        Conv stem = Conv.of(FIRST_WIDTH, 7).withStride(2);
        Features x = new FixedKernels().convNorm(net, "conv1", "bn1", net.input(), stem, Activation.RELU);
        x = net.maxPool("maxpool", x, 3, 2, 1);
        int[] blocks = BLOCKS.get(depth);
        int left = Arrays.stream(blocks).sum();
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                String name = "layer" + (stage + 1) + "." + i;
                int stride = stage > 0 && i == 0 ? 2 : 1;
                Kernels kernels = kernels(net, name, x, left--);
                Kernels shortcut = block() == WEIGHTNET ? kernels : new FixedKernels();
                ResidualBlock block = new ResidualBlock(name, FIRST_WIDTH << stage, stride, kernels, shortcut);
                x = depth < 50 ? block.basic(net, x) : block.bottleneck(net, x);
            }
        }
        Kernels last = isConditional() ? MixedKernels.ownRouter(experts()) : new FixedKernels();
        last.classifier(net, "fc", net.globalPool("avgpool", x), numClasses(), dropOut(0));
    }

    /**
     * @param x what the block reads
     * @param left how many blocks are left, with this one
     */
    private Kernels kernels(Blueprint net, String block, Features x, int left) {
        return switch (block()) {
            case CONDCONV ->
                isConditional() && left <= CONDITIONAL_BLOCKS
                        ? MixedKernels.sharedRouter(net, block + ".routing_fn", x, experts())
                        : new FixedKernels();
            case WEIGHTNET -> GeneratedKernels.withContext(net, block + ".reduce", x, lambda());
            case ACNET -> new AsymmetricKernels(GammaInit.ONE);
            default -> new FixedKernels();
        };
    }

    /** Builds a {@link ResNet}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private final int depth;

        private Builder(int depth) {
            this.depth = depth;
        }

        @Override
        public ResNet build() {
            return new ResNet(this);
        }
    }
}
