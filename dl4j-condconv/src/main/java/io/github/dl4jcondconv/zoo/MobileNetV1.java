package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import org.nd4j.linalg.activations.Activation;

/**
 * MobileNetV1 (Howard et al., "MobileNets", 2017, table 1): a convolution, thirteen depthwise separable blocks, and a
 * classifier. Vertices are called as timm's modules.
 *
 * <p>With {@link BlockKind#CONDCONV} all convolutions from the sixth separable block on and the classifier are
 * conditional, with one router for each block and one for the classifier (Yang et al., "CondConv", NeurIPS 2019,
 * section 4.1 and figure 2). Parameters and multiply-adds at 224x224:
 *
 * <table>
 *   <caption>width 1.0 and width 0.5</caption>
 *   <tr><th>experts</th><th>1.0</th><th></th><th>0.5</th><th></th></tr>
 *   <tr><td>1, the stock network</td><td>4,231,976</td><td>568.7M</td><td>1,331,592</td><td>149.5M</td></tr>
 *   <tr><td>8</td><td>32,826,824</td><td>601.4M</td><td>10,356,904</td><td>159.8M</td></tr>
 *   <tr><td>32</td><td>130,847,840</td><td>699.4M</td><td>41,291,584</td><td>190.7M</td></tr>
 * </table>
 *
 * The paper gives 567M and 600M for width 1.0 without and with 8 experts.
 */
public final class MobileNetV1 extends ZooNetwork {
    private static final double DROP_OUT = 0.8;
    private static final Activation ACTIVATION = Activation.RELU;
    private static final int STEM = 32;
    private static final int LEAST_CHANNELS = 8;

    /** Output channels of the separable blocks by stage; each stage but the first starts with stride 2. */
    private static final int[][] STAGES = {{64}, {128, 128}, {256, 256}, {512, 512, 512, 512, 512, 512}, {1024, 1024}};

    private static final int BLOCKS = 13;

    private final int firstCondConvBlock;
    private final boolean condConvClassifier;

    private MobileNetV1(Builder builder) {
        super(builder, Traits.imageNet("mobilenetv1", PLAIN, CONDCONV).withWidths(Widths.between(0.25, 1)));
        firstCondConvBlock = builder.firstCondConvBlock;
        condConvClassifier = builder.condConvClassifier;
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

    @Override
    void write(Blueprint net) {
        Conv stem = Conv.of(channels(STEM), 3).withStride(2);
        Features x = new FixedKernels().convNorm(net, "conv_stem", "bn1", net.input(), stem, ACTIVATION);
        int number = 0;
        for (int stage = 0; stage < STAGES.length; stage++) {
            for (int i = 0; i < STAGES[stage].length; i++) {
                String name = "blocks." + stage + "." + i;
                int stride = stage > 0 && i == 0 ? 2 : 1;
                number++;
                Kernels kernels = kernels(net, name, x, isConditional() && number >= firstCondConvBlock);
                x = separable(net, name, x, channels(STAGES[stage][i]), stride, kernels);
            }
        }
        Kernels last = isConditional() && condConvClassifier ? MixedKernels.ownRouter(experts()) : new FixedKernels();
        last.classifier(net, "classifier", net.globalPool("global_pool", x), numClasses(), dropOut(DROP_OUT));
    }

    private static Features separable(Blueprint net, String name, Features x, int nOut, int stride, Kernels kernels) {
        Conv depthwise = Conv.depthwise(x.channels(), 3).withStride(stride);
        Features y = kernels.convNorm(net, name + ".conv_dw", name + ".bn1", x, depthwise, ACTIVATION);
        return kernels.convNorm(net, name + ".conv_pw", name + ".bn2", y, Conv.of(nOut, 1), ACTIVATION);
    }

    /** Rounded down, but not below 8, as in the official code. */
    private int channels(int full) {
        return Math.max(LEAST_CHANNELS, (int) (full * width()));
    }

    /** Builds a {@link MobileNetV1}, of width 0.25 to 1. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private int firstCondConvBlock = 6;
        private boolean condConvClassifier = true;

        private Builder() {}

        /**
         * CondConv: the first of the 13 separable blocks that is conditional, from 1; 14 for none. Default 6, which is
         * layer 7 in the paper's ablation, where the first convolution is layer 1.
         */
        public Builder firstCondConvBlock(int number) {
            firstCondConvBlock = number;
            return this;
        }

        /** CondConv: whether the classifier is conditional too; default true. */
        public Builder condConvClassifier(boolean conditional) {
            condConvClassifier = conditional;
            return this;
        }

        @Override
        public MobileNetV1 build() {
            return new MobileNetV1(this);
        }
    }
}
