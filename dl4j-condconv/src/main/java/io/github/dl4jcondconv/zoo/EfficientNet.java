package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.CONDCONV;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.zoo.InvertedResidualNetwork.Stage;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.RmsProp;

/**
 * EfficientNet-B0, and with more blocks its "depth" variant (Tan and Le, "EfficientNet", ICML 2019, table 1), padded as in
 * TensorFlow. Vertices are called as timm's modules.
 *
 * <p>With {@link BlockKind#CONDCONV} the convolutions of the last three stages are conditional, with one router for each
 * block, which reads the block's input; the gates, the convolution after the blocks and the classifier are not (Yang et
 * al., "CondConv", NeurIPS 2019, table of EfficientNet results, and its official code, which routes one expert as well).
 * Parameters and multiply-adds, those of the official README in brackets, which count element-wise operations too:
 *
 * <table>
 *   <caption>at 224x224</caption>
 *   <tr><th></th><th>depth 1.0, B0</th><th>depth 1.1</th></tr>
 *   <tr><td>stock</td><td>5,288,548 (391M)</td><td>7,794,184, EfficientNet-B1</td></tr>
 *   <tr><td>4 experts</td><td>13,314,116 (402M)</td><td></td></tr>
 *   <tr><td>8 experts</td><td>24,013,284 (413M)</td><td>39,715,968 (614M)</td></tr>
 * </table>
 *
 * The README gives top-1 77.3 for B0, the paper 77.2. timm calls the depth variant b1 and evaluates it at 240x240. Its
 * paper drops whole residual branches in training, which DL4J has no layer for; this network does not.
 */
public final class EfficientNet extends ZooNetwork {
    private static final Activation ACTIVATION = Activation.SWISH;
    private static final int SQUEEZE = 4;
    private static final int STOCK_STAGES = 4;
    private static final double DEPTH_VARIANT = 1.1;
    private static final double DROP_OUT = 0.8;
    private static final double CONDCONV_DROP_OUT = 0.75;

    private final double depth;

    private EfficientNet(Builder builder) {
        super(builder, Traits.imageNet(name(builder.depth), PLAIN, CONDCONV).withWidths(Widths.between(0.25, 2)));
        depth = builder.depth;
        require(depth > 0 && depth <= 4, "depth", depth, "above 0, to 4");
    }

    private static String name(double depth) {
        return depth == 1 ? "efficientnet-b0" : depth == DEPTH_VARIANT ? "efficientnet-b0-depth" : "efficientnet";
    }

    /** A builder of EfficientNet-B0. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder of EfficientNet-B0 with 1.1 times as many blocks in each stage, rounded up. */
    public static Builder depthBuilder() {
        return builder().depth(DEPTH_VARIANT);
    }

    @Override
    Normalization normalization() {
        return new Normalization(1e-3, 0.99);
    }

    @Override
    ConvolutionMode convolutionMode() {
        return ConvolutionMode.Same;
    }

    private InvertedResidualNetwork architecture() {
        List<Stage> stages = List.of(
                stage(1, 1, 3, 1, 16),
                stage(2, 6, 3, 2, 24),
                stage(2, 6, 5, 2, 40),
                stage(3, 6, 3, 2, 80),
                stage(3, 6, 5, 1, 112),
                stage(4, 6, 5, 2, 192),
                stage(1, 6, 3, 1, 320));
        int stem = Channels.multipleOf8(32, width());
        return new InvertedResidualNetwork(stem, stages, Channels.multipleOf8(1280, width()), ACTIVATION);
    }

    private Stage stage(int blocks, int expansion, int kernel, int stride, int channels) {
        int nOut = Channels.multipleOf8(channels, width());
        int deepened = (int) Math.ceil(blocks * depth);
        return new Stage(deepened, new InvertedResidual(expansion, kernel, stride, nOut, SQUEEZE, ACTIVATION));
    }

    @Override
    void write(Blueprint net) {
        InvertedResidualNetwork architecture = architecture();
        int stock = architecture.stages().stream()
                .limit(STOCK_STAGES)
                .mapToInt(Stage::blocks)
                .sum();
        Features x = architecture.write(
                net, (block, in, number) -> kernels(net, block, in, block() == CONDCONV && number > stock));
        net.classifier("classifier", x, numClasses(), dropOut(block() == CONDCONV ? CONDCONV_DROP_OUT : DROP_OUT));
    }

    /** Builds an {@link EfficientNet}, of width 0.25 to 2. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private double depth = 1;

        /** The official recipe's first learning rate for batches of 256. */
        private Builder() {
            updater(new RmsProp(0.016, 0.9, 1e-3));
            l2(1e-5);
        }

        /** Multiplier of the number of blocks in each stage, above 0, to 4; the product is rounded up. Default 1. */
        public Builder depth(double multiplier) {
            depth = multiplier;
            return this;
        }

        @Override
        public EfficientNet build() {
            return new EfficientNet(this);
        }
    }
}
