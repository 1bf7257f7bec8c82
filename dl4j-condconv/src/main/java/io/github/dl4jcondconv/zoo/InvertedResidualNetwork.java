package io.github.dl4jcondconv.zoo;

import java.util.List;
import org.nd4j.linalg.activations.Activation;

/**
 * What MobileNetV2, MnasNet and EfficientNet have in common: a 3x3 convolution of stride 2, stages of inverted residual
 * blocks, a 1x1 convolution, and global average pooling. Vertices are called as timm's modules.
 *
 * @param stem channels of the first convolution
 * @param stages of inverted residual blocks
 * @param head channels of the last convolution
 * @param activation of the first and the last convolution
 */
record InvertedResidualNetwork(int stem, List<Stage> stages, int head, Activation activation) {
    /**
     * Blocks that are alike, but for the stride, which only the first has.
     *
     * @param blocks their number
     * @param first the first of them
     */
    record Stage(int blocks, InvertedResidual first) {}

    /** What the convolutions of a block are made of. */
    interface KernelChoice {
        /**
         * @param block the block's name
         * @param x what the block reads
         * @param number of the block in the network, from 1
         */
        Kernels of(String block, Features x, int number);
    }

    /** Number of inverted residual blocks. */
    int blocks() {
        return stages.stream().mapToInt(Stage::blocks).sum();
    }

    /** Adds the network without its classifier; the convolution after the blocks is a stock one. */
    Features write(Blueprint net, KernelChoice choice) {
        return write(net, choice, false);
    }

    /**
     * Adds the network without its classifier.
     *
     * @param headAsLastBlock whether the convolution after the blocks is made of the same as the last block, whose router
     *     it shares
     */
    Features write(Blueprint net, KernelChoice choice, boolean headAsLastBlock) {
        Kernels fixed = new FixedKernels();
        Conv first = Conv.of(stem, 3).withStride(2);
        Features x = fixed.convNorm(net, "conv_stem", "bn1", net.input(), first, activation);
        Kernels kernels = fixed;
        int number = 0;
        for (int stage = 0; stage < stages.size(); stage++) {
            for (int i = 0; i < stages.get(stage).blocks(); i++) {
                InvertedResidual block = stages.get(stage).first();
                String name = "blocks." + stage + "." + i;
                kernels = choice.of(name, x, ++number);
                x = (i == 0 ? block : block.withStride(1)).add(net, name, x, kernels);
            }
        }
        x = (headAsLastBlock ? kernels : fixed).convNorm(net, "conv_head", "bn2", x, Conv.of(head, 1), activation);
        return net.globalPool("global_pool", x);
    }
}
