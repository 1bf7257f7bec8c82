package io.github.dl4jcondconv.zoo;

import static io.github.dl4jcondconv.zoo.BlockKind.ACNET;
import static io.github.dl4jcondconv.zoo.BlockKind.PLAIN;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;

/**
 * DenseNet-121 for ImageNet, and DenseNets without bottlenecks for CIFAR, such as DenseNet-40 (Huang et al., "Densely
 * Connected Convolutional Networks", CVPR 2017, table 1 and section 4). Vertices are called as torchvision's modules.
 *
 * <p>With {@link BlockKind#ACNET} the 3x3 convolutions are blocks, which normalise their branches although the
 * normalisations before the convolutions stay (Ding et al., "ACNet", ICCV 2019). DenseNet-121 has 7,978,856 parameters.
 */
public final class DenseNet extends ZooNetwork {
    /** A layer's 1x1 convolution, where it has one, makes this many times as many channels as the layer adds. */
    private static final int BOTTLENECK = 4;

    private final Shape shape;

    /**
     * Which DenseNet.
     *
     * @param blocks number of layers of each dense block
     * @param growth channels that each layer adds
     * @param imageNet whether it has the stem, the bottlenecks and the halving transitions of the networks for ImageNet
     */
    private record Shape(int[] blocks, int growth, boolean imageNet) {}

    private DenseNet(Builder builder) {
        super(builder, builder.traits);
        shape = builder.shape;
    }

    /** A builder of DenseNet-121 for ImageNet. */
    public static Builder builder() {
        return new Builder(
                new Shape(new int[] {6, 12, 24, 16}, 32, true),
                Traits.imageNet("densenet121", PLAIN, ACNET).withSmallestSide(29));
    }

    /**
     * A builder of a DenseNet for CIFAR: three dense blocks without bottlenecks, and transitions that keep all channels.
     *
     * @param depth number of layers, 3n + 4 for n layers a block, such as 40
     * @param growth channels that each layer adds, 1 to 48; 12 in the paper's DenseNet-40
     */
    public static Builder cifarBuilder(int depth, int growth) {
        if (depth < 7 || depth % 3 != 1) {
            throw new IllegalArgumentException("DenseNet: depth is " + depth + ", allowed: 3n + 4 from 7, such as 40");
        }
        if (growth < 1 || growth > 48) {
            throw new IllegalArgumentException("DenseNet: growth is " + growth + ", allowed: 1 to 48");
        }
        int layers = (depth - 4) / 3;
        return new Builder(
                new Shape(new int[] {layers, layers, layers}, growth, false),
                Traits.cifar10("densenet" + depth + "-cifar", 4, PLAIN, ACNET).withSmallestSide(4));
    }

    @Override
    void write(Blueprint net) {
        Kernels kernels = fixedOrAsymmetric(shape.imageNet() ? GammaInit.ONE : GammaInit.THIRD);
        Features x = stem(net, kernels);
        int[] blocks = shape.blocks();
        for (int block = 0; block < blocks.length; block++) {
            String name = "features.denseblock" + (block + 1);
            for (int layer = 0; layer < blocks[block]; layer++) {
                x = denseLayer(net, kernels, name + ".denselayer" + (layer + 1), x);
            }
            if (block < blocks.length - 1) {
                x = transition(net, kernels, "features.transition" + (block + 1), x);
            }
        }
        x = net.activate(net.norm("features.norm" + (blocks.length + 1), x), Activation.RELU);
        net.classifier("classifier", net.globalPool("avgpool", x), numClasses(), dropOut(0));
    }

    private Features stem(Blueprint net, Kernels kernels) {
        if (!shape.imageNet()) {
            return kernels.conv(net, "features.conv0", net.input(), Conv.of(16, 3));
        }
        Conv conv = Conv.of(2 * shape.growth(), 7).withStride(2);
        Features x = kernels.convNorm(net, "features.conv0", "features.norm0", net.input(), conv, Activation.RELU);
        return net.maxPool("features.pool0", x, 3, 2, 1);
    }

    /** Appends new channels to those that are there. */
    private Features denseLayer(Blueprint net, Kernels kernels, String name, Features x) {
        Features y = x;
        int last = 1;
        if (shape.imageNet()) {
            Conv bottleneck = Conv.of(BOTTLENECK * shape.growth(), 1);
            y = kernels.normConv(net, name + ".norm1", name + ".conv1", y, bottleneck);
            last = 2;
        }
        y = kernels.normConv(net, name + ".norm" + last, name + ".conv" + last, y, Conv.of(shape.growth(), 3));
        return net.concat(name, x, y);
    }

    private Features transition(Blueprint net, Kernels kernels, String name, Features x) {
        Conv conv = Conv.of(shape.imageNet() ? x.channels() / 2 : x.channels(), 1);
        Features y = kernels.normConv(net, name + ".norm", name + ".conv", x, conv);
        return net.averagePool(name + ".pool", y, 2, 2, 0);
    }

    /** Builds a {@link DenseNet}. */
    public static final class Builder extends ZooNetwork.Builder<Builder> {
        private final Shape shape;
        private final Traits traits;

        private Builder(Shape shape, Traits traits) {
            this.shape = shape;
            this.traits = traits;
        }

        @Override
        public DenseNet build() {
            return new DenseNet(this);
        }
    }
}
