package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.List;

/**
 * This library's layers as PyTorch's users write them: experts mixed by a matrix product and applied by a grouped
 * convolution, the batch folded into the groups; an asymmetric block as three convolutions and three normalisations.
 */
record TorchBlocks(TorchNetwork network, String name, String x) {

    void translate(Convolution2DBlock block) {
        if (block instanceof CondConv2D condConv) {
            condConv("condconv", condConv);
        } else if (block instanceof DepthwiseCondConv2D depthwise) {
            condConv("depthwise-condconv", depthwise);
        } else if (block instanceof WeightNetConv2D weightNet) {
            weightNet(weightNet);
        } else if (block instanceof AsymmetricConvBlock asymmetric) {
            asymmetric(asymmetric);
        } else {
            throw new IllegalArgumentException(
                    "no PyTorch for " + block.getClass().getSimpleName());
        }
    }

    private void condConv(String operation, CondConvBlock layer) {
        network.op(name + ".pooled", "mean " + x);
        dense(name + ".routing", name + ".pooled", "routing");
        network.op(name + ".alpha", "sigmoid " + name + ".routing");
        String experts = network.given(name, List.of("W"));
        String bias = layer.isHasBias() ? " " + network.given(name, List.of("b")) : "";
        network.op(
                TorchNetwork.preActivation(name),
                operation + " " + x + " " + experts + " " + name + ".alpha" + bias + window(layer));
    }

    private void weightNet(WeightNetConv2D layer) {
        network.op(name + ".pooled", "mean " + x);
        dense(name + ".context", name + ".pooled", "reduce");
        dense(name + ".fc1", name + ".context", "fc1");
        network.op(name + ".gates", "sigmoid " + name + ".fc1");
        network.op(
                TorchNetwork.preActivation(name),
                "weightnet %s %s.gates %s groups=%s kernel=%s%s"
                        .formatted(
                                x,
                                name,
                                network.given(name, List.of("fc2W")),
                                layer.getG() * layer.getNOut(),
                                TorchNetwork.numbers(layer.getKernelSize()),
                                window(layer)));
    }

    private void asymmetric(AsymmetricConvBlock block) {
        int[] k = block.getKernelSize();
        branch(block, "sq", new int[] {0, 0});
        branch(block, "hor", new int[] {k[0] / 2, 0});
        branch(block, "ver", new int[] {0, k[1] / 2});
        network.op(TorchNetwork.preActivation(name), "add %1$s.sq %1$s.hor %1$s.ver".formatted(name));
    }

    /** One convolution and its normalisation; a kernel smaller than the block's needs less padding. */
    private void branch(AsymmetricConvBlock block, String suffix, int[] spared) {
        int[] border = border(block);
        for (int i = 0; i < border.length; i++) {
            border[i] -= spared[i / 2];
        }
        network.op(
                name + ".conv" + suffix,
                "conv " + x + " " + network.given(name, List.of("W" + suffix))
                        + TorchNetwork.window(block.getStride(), block.getDilation(), border));
        network.op(
                name + "." + suffix,
                "batchnorm %s.conv%s %s %s eps=%s decay=%s"
                        .formatted(
                                name,
                                suffix,
                                network.given(name, List.of("gamma" + suffix, "beta" + suffix)),
                                network.state(
                                        name,
                                        "mean" + suffix,
                                        network.parameterOf(name, "var" + suffix),
                                        "var" + suffix),
                                block.getEps(),
                                block.getDecay()));
    }

    private void dense(String result, String input, String stem) {
        network.op(result, "dense " + input + " " + network.given(name, List.of(stem + "W", stem + "b")));
    }

    private String window(Convolution2DBlock layer) {
        return TorchNetwork.window(layer.getStride(), layer.getDilation(), border(layer));
    }

    private int[] border(Convolution2DBlock layer) {
        return network.border(
                name, x, layer.getConvolutionMode(), layer.getKernelSize(), layer.getStride(), layer.getPadding());
    }
}
