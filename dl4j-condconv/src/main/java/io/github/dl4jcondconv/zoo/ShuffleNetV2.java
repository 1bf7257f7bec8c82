package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;
import static io.github.dl4jcondconv.zoo.BlockKind.WEIGHTNET;

import java.util.Map;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * ShuffleNetV2 (Ma et al., "ShuffleNet V2", ECCV 2018, table 5) with the widths that WeightNet's official code gives it,
 * for the stock network as well: its README reduced them so that both compare at equal cost (Ma et al., "WeightNet", ECCV
 * 2020, table of ImageNet results). Vertices are called as the modules of that code.
 *
 * <p>With {@link BlockKind#WEIGHTNET} all convolutions of the stages have generated kernels, and one context for each
 * block, which its right branch's input makes. The code gives the first and the last convolution a bias then, which the
 * stock network does not have. Parameters and multiply-adds at 224x224:
 *
 * <table>
 *   <caption>stock, and WeightNet with lambda 1</caption>
 *   <tr><th>width</th><th>stock</th><th></th><th>WeightNet</th><th></th></tr>
 *   <tr><td>0.5</td><td>1,366,792</td><td>40.5M</td><td>1,463,928</td><td>40.70M</td></tr>
 *   <tr><td>1.0</td><td>2,211,976</td><td>137.6M</td><td>2,435,832</td><td>138.53M</td></tr>
 *   <tr><td>1.5</td><td>3,507,720</td><td>299.0M</td><td>3,915,344</td><td>301.1M</td></tr>
 *   <tr><td>2.0</td><td>5,503,992</td><td>557.3M</td><td>6,198,068</td><td>561.37M</td></tr>
 * </table>
 *
 * The README rounds the last to 6.1M; the code has 6.2M. Its rows for larger lambda follow no single rule for M and G:
 * here G is 2 throughout, which gives the README's multiply-adds in all of them and its parameters for 1.0 with lambda 4
 * (5,143,896); 0.5 with lambda 8 has 2,994,072 against 2.7M, and 1.5 with lambda 4 has 10,173,104 against 9.6M.
 */
public final class ShuffleNetV2 extends ZooNetwork {
    private static final Activation ACTIVATION = Activation.RELU;
    private static final int STEM = 24;
    private static final int HEAD = 1024;
    private static final int[] REPEATS = {4, 8, 4};
    private static final double WIDEST = 2.0;
    private static final double DROP_OUT_OF_WIDEST = 0.8;

    private static final Map<Double, int[]> CHANNELS = Map.of(
            0.5,
            new int[] {48, 96, 192},
            1.0,
            new int[] {112, 224, 448},
            1.5,
            new int[] {176, 352, 704},
            WIDEST,
            new int[] {248, 496, 992});

    private ShuffleNetV2(Builder builder) {
        super(builder, Traits.imageNet("shufflenetv2", PLAIN, WEIGHTNET).withWidths(Widths.of(0.5, 1, 1.5, WIDEST)));
    }

    /** A builder of it. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    void write(Blueprint net) {
        Kernels fixed = new FixedKernels();
        boolean bias = block() == WEIGHTNET;
        Conv stem = Conv.of(STEM, 3).withStride(2).withHasBias(bias);
        Features x = fixed.convNorm(net, "first_conv.0", "first_conv.1", net.input(), stem, ACTIVATION);
        x = net.maxPool("maxpool", x, 3, 2, 1);
        int[] channels = CHANNELS.get(width());
        int number = 0;
        for (int stage = 0; stage < REPEATS.length; stage++) {
            for (int i = 0; i < REPEATS[stage]; i++) {
                String name = "features." + number++;
                x = i == 0 ? reducing(net, name, x, channels[stage]) : keeping(net, name, x);
            }
        }
        Conv head = Conv.of(HEAD, 1).withHasBias(bias);
        x = fixed.convNorm(net, "conv_last.0", "conv_last.1", x, head, ACTIVATION);
        x = net.globalPool("globalpool", x);
        net.classifier("classifier.0", x, numClasses(), dropOut(width() == WIDEST ? DROP_OUT_OF_WIDEST : 0));
    }

    /** A block of stride 1: the odd channels go through the main branch, the even ones stay. */
    private Features keeping(Blueprint net, String name, Features x) {
        Features left = net.everyOtherChannel(name + ".left", x, 0);
        Features right = net.everyOtherChannel(name + ".right", x, 1);
        Features main = mainBranch(net, name, right, right.channels(), 1, kernels(net, name, right));
        return net.concat(name, left, main);
    }

    /** A block of stride 2: both branches see all channels. */
    private Features reducing(Blueprint net, String name, Features x, int nOut) {
        Kernels kernels = kernels(net, name, x);
        Features main = mainBranch(net, name, x, nOut / 2, 2, kernels);
        Conv depthwise = Conv.depthwise(x.channels(), 3).withStride(2);
        Features y =
                kernels.convNorm(net, name + ".wnet_proj_1", name + ".bn_proj_1", x, depthwise, Activation.IDENTITY);
        y = kernels.convNorm(net, name + ".wnet_proj_2", name + ".bn_proj_2", y, Conv.of(x.channels(), 1), ACTIVATION);
        return net.concat(name, y, main);
    }

    private Features mainBranch(Blueprint net, String name, Features x, int inside, int stride, Kernels kernels) {
        Features y = kernels.convNorm(net, name + ".wnet1", name + ".bn1", x, Conv.of(inside, 1), ACTIVATION);
        Conv depthwise = Conv.depthwise(inside, 3).withStride(stride);
        y = kernels.convNorm(net, name + ".wnet2", name + ".bn2", y, depthwise, Activation.IDENTITY);
        int nOut = stride == 1 ? inside : 2 * inside - x.channels();
        return kernels.convNorm(net, name + ".wnet3", name + ".bn3", y, Conv.of(nOut, 1), ACTIVATION);
    }

    private Kernels kernels(Blueprint net, String block, Features x) {
        return block() == WEIGHTNET
                ? GeneratedKernels.withContext(net, block + ".reduce", x, lambda())
                : new FixedKernels();
    }

    /** Builds a {@link ShuffleNetV2}, of width 0.5, 1, 1.5 or 2. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        /** The official recipe's first learning rate and weight decay. */
        private Builder() {
            updater(new Nesterovs(0.5, 0.9));
            l2(4e-5);
        }

        @Override
        public ShuffleNetV2 build() {
            return new ShuffleNetV2(this);
        }
    }
}
