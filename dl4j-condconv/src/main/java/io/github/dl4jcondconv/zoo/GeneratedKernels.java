package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.KernelContext;
import io.github.dl4jcondconv.layers.WeightNetBlock;
import io.github.dl4jcondconv.layers.WeightNetConv2D;

/** WeightNet: a small network generates every kernel from a context that all convolutions of a block share. */
final class GeneratedKernels implements Kernels {
    /** G of the official code; M is lambda times as large. */
    private static final int G = 2;

    private final int lambda;
    private final Features context;

    private GeneratedKernels(int lambda, Features context) {
        this.lambda = lambda;
        this.context = context;
    }

    /**
     * Adds the context of a block.
     *
     * @param x what the block reads
     * @param lambda M/G: how many gates each group of a kernel has
     */
    static GeneratedKernels withContext(Blueprint net, String name, Features x, int lambda) {
        int size = Math.max(16, x.channels() / 16);
        KernelContext layer = new KernelContext.Builder().contextSize(size).build();
        net.graph().addLayer(name, layer, x.vertex());
        return new GeneratedKernels(lambda, new Features(name, size));
    }

    @Override
    public Features conv(Blueprint net, String name, Features x, Conv conv) {
        WeightNetBlock layer = conv.depthwise()
                ? generated(new DepthwiseWeightNetConv2D.Builder(conv.kernel()), net, conv)
                        .build()
                : generated(new WeightNetConv2D.Builder(conv.kernel()), net, conv)
                        .build();
        return BlockLayers.add(net, name, layer, conv, x, context);
    }

    private <B extends WeightNetBlock.Builder<B>> B generated(B layer, Blueprint net, Conv conv) {
        return BlockLayers.shaped(layer, net, conv)
                .m(lambda * G)
                .g(G)
                .sharedContext(true)
                .contextSize(context.channels());
    }
}
