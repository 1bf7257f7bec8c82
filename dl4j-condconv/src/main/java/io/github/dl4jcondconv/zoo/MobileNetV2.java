package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.zoo.InvertedResidualNetwork.Stage;
import java.util.List;
import org.nd4j.linalg.activations.Activation;

/**
 * MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018, table 2). Vertices are
 * called as timm's modules.
 *
 * <p>With {@link BlockKind#CONDCONV} the last of the 17 inverted residual blocks and the classifier are conditional, with
 * one router for each block and one for the classifier (Yang et al., "CondConv", NeurIPS 2019, section 4.1). Sources
 * disagree on where it begins. Public code begins six blocks before the end: 22,885,496 parameters and 322.9M
 * multiply-adds with 8 experts, and that is the default. The 27.5M and 329M that are quoted as the paper's need nearly
 * all layers: {@code firstCondConvBlock(1).condConvHead(true)} has 27,814,256 and 328.5M.
 */
public final class MobileNetV2 extends ZooNetwork {
    private static final double DROP_OUT = 0.8;
    private static final Activation ACTIVATION = Activation.RELU6;
    private static final int BLOCKS = 17;

    private final int firstCondConvBlock;
    private final boolean condConvHead;

    private MobileNetV2(Builder builder) {
        super(builder, Traits.imageNet("mobilenetv2", PLAIN, CONDCONV).withWidths(Widths.between(0.1, 2)));
        firstCondConvBlock = builder.firstCondConvBlock;
        condConvHead = builder.condConvHead;
        require(
                firstCondConvBlock >= 1 && firstCondConvBlock <= BLOCKS + 1,
                "firstCondConvBlock",
                firstCondConvBlock,
                "1 to " + BLOCKS + ", or " + (BLOCKS + 1) + " for none");
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    private InvertedResidualNetwork architecture() {
        List<Stage> stages = List.of(
                stage(1, 1, 1, 16),
                stage(2, 6, 2, 24),
                stage(3, 6, 2, 32),
                stage(4, 6, 2, 64),
                stage(3, 6, 1, 96),
                stage(3, 6, 2, 160),
                stage(1, 6, 1, 320));
        int head = Channels.multipleOf8(1280, Math.max(1, width()));
        return new InvertedResidualNetwork(Channels.multipleOf8(32, width()), stages, head, ACTIVATION);
    }

    private Stage stage(int blocks, int expansion, int stride, int channels) {
        int nOut = Channels.multipleOf8(channels, width());
        return new Stage(blocks, new InvertedResidual(expansion, 3, stride, nOut, 0, ACTIVATION));
    }

    @Override
    void write(Blueprint net) {
        Features x = architecture()
                .write(
                        net,
                        (block, in, number) -> kernels(net, block, in, isConditional() && number >= firstCondConvBlock),
                        condConvHead);
        Kernels last = isConditional() ? MixedKernels.ownRouter(experts()) : new FixedKernels();
        last.classifier(net, "classifier", x, numClasses(), dropOut(DROP_OUT));
    }

    /** Builds a {@link MobileNetV2}, of width 0.1 to 2. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private int firstCondConvBlock = 12;
        private boolean condConvHead;

        private Builder() {}

        /** CondConv: the first of the 17 inverted residual blocks that is conditional, from 1; 18 for none; default 12. */
        public Builder firstCondConvBlock(int number) {
            firstCondConvBlock = number;
            return this;
        }

        /**
         * CondConv: whether the 1x1 convolution after the blocks is conditional too, with the router of the last block;
         * default false.
         */
        public Builder condConvHead(boolean conditional) {
            condConvHead = conditional;
            return this;
        }

        @Override
        public MobileNetV2 build() {
            return new MobileNetV2(this);
        }
    }
}
