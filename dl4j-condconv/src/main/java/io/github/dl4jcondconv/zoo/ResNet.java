package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static io.github.dl4jcondconv.zoo.BlockKind.SAMPLED;
import static io.github.dl4jcondconv.zoo.BlockKind.WEIGHTNET;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import io.github.dl4jcondconv.layers.SampledResidualBlock;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import io.github.dl4jcondconv.layers.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
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
 *   <li>{@link BlockKind#SAMPLED}: all residual blocks, but not their shortcuts, with two masks for each block (Xie et al.,
 *       "Spatially Adaptive Inference with Stochastic Feature Sampling and Interpolation", ECCV 2020). The paper has
 *       ResNet-34 for classification and ResNet-101 as a detector's backbone, which {@link Builder#head} makes of the same
 *       network; of the basic block its authors published no code, see {@link SampledResidualBlock}. Their ResNet-101 also
 *       has deformable convolutions, which DL4J does not. With the multiply-adds of their offsets added, this backbone
 *       costs at 992x1664 what the official count says: 289.5G stock, 294.5G with every position sampled, 20.8G with none.
 * </ul>
 */
public final class ResNet extends ZooNetwork {
    private static final int CONDITIONAL_BLOCKS = 3;
    private static final int FIRST_WIDTH = 64;
    private static final int REDUCTION = 32;

    private static final Map<Integer, int[]> BLOCKS = Map.of(
            18, new int[] {2, 2, 2, 2},
            34, new int[] {3, 4, 6, 3},
            50, new int[] {3, 4, 6, 3},
            101, new int[] {3, 4, 23, 3});

    private final int depth;
    private final Sampling sampling;
    private final MaskUse masks;
    private final Head head;

    private ResNet(Builder builder) {
        super(builder, traits(builder.depth));
        depth = builder.depth;
        sampling = builder.sampling == null ? Sampling.builder().build() : builder.sampling;
        masks = builder.masks == null ? MaskUse.FIRST_AND_REST : builder.masks;
        head = builder.head;
        requireFor(SAMPLED, "sampling", builder.sampling);
        requireFor(SAMPLED, "masks", builder.masks);
    }

    private static Traits traits(int depth) {
        String name = "resnet" + depth;
        return switch (depth) {
            case 18 -> Traits.imageNet(name, PLAIN, CONDCONV, ACNET);
            case 34 -> Traits.imageNet(name, PLAIN, ACNET, SAMPLED);
            case 50 -> Traits.imageNet(name, PLAIN, CONDCONV, WEIGHTNET, SAMPLED);
            case 101 -> Traits.imageNet(name, PLAIN, SAMPLED);
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
        List<Features> stages = new ArrayList<>();
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int i = 0; i < blocks[stage]; i++) {
                String name = "layer" + (stage + 1) + "." + i;
                int stride = stage > 0 && i == 0 ? 2 : 1;
                x = block() == SAMPLED
                        ? sampled(net, name, x, FIRST_WIDTH << stage, stride)
                        : residual(net, name, x, FIRST_WIDTH << stage, stride, left--);
            }
            stages.add(x);
        }
        if (head == null) {
            Kernels last = isConditional() ? MixedKernels.ownRouter(experts()) : new FixedKernels();
            last.classifier(net, "fc", net.globalPool("avgpool", x), numClasses(), dropOut(0));
        } else {
            requireWholeStrides();
            head.write(net, stages, numClasses());
        }
    }

    private void requireWholeStrides() {
        InputTypeConvolutional images = (InputTypeConvolutional) inputType();
        require(
                images.getHeight() % REDUCTION == 0 && images.getWidth() % REDUCTION == 0,
                "input",
                images.getHeight() + "x" + images.getWidth(),
                "height and width that " + REDUCTION + " divides, with such a head");
    }

    private boolean hasBottlenecks() {
        return depth >= 50;
    }

    /**
     * @param left how many blocks are left, with this one
     */
    private Features residual(Blueprint net, String name, Features x, int width, int stride, int left) {
        Kernels kernels = kernels(net, name, x, left);
        Kernels shortcut = block() == WEIGHTNET ? kernels : new FixedKernels();
        ResidualBlock block = new ResidualBlock(name, width, stride, kernels, shortcut);
        return hasBottlenecks() ? block.bottleneck(net, x) : block.basic(net, x);
    }

    private Features sampled(Blueprint net, String name, Features x, int width, int stride) {
        SampledResidualBlock block =
                hasBottlenecks() ? SampledResidualBlock.bottleneck(width) : SampledResidualBlock.basic(width);
        int nOut = hasBottlenecks() ? ResidualBlock.EXPANSION * width : width;
        int blocks = Arrays.stream(BLOCKS.get(depth)).sum();
        Sampling ofBlock = sampling.toBuilder()
                .sparsityWeight(sampling.getSparsityWeight() / blocks)
                .build();
        String vertex = block.withStride(stride)
                .withProjection(stride > 1 || x.channels() != nOut)
                .withMasks(masks)
                .withSampling(ofBlock)
                .addTo(net.graph(), name, x.vertex());
        return new Features(vertex, nOut);
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
        private Sampling sampling;
        private MaskUse masks;
        private Head head;

        private Builder(int depth) {
            this.depth = depth;
        }

        /**
         * How masks sample; default: the paper's way, see {@link Sampling}. Its sparsityWeight is the network's: each block
         * gets an equal part of it, as in the official code.
         */
        public Builder sampling(Sampling sampling) {
            this.sampling = sampling;
            return this;
        }

        /** Which convolutions of a sampled block share a mask; default: the first has its own, the others share one. */
        public Builder masks(MaskUse masks) {
            this.masks = masks;
            return this;
        }

        /** What the features become; default: class probabilities of the whole image. */
        public Builder head(Head head) {
            this.head = head;
            return this;
        }

        @Override
        public ResNet build() {
            return new ResNet(this);
        }
    }
}
