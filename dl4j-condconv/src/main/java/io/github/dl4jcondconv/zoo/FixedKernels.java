package io.github.dl4jcondconv.zoo;

import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BaseConvBuilder;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;

/** Stock convolutions: the same kernel for every image. */
final class FixedKernels implements Kernels {
    @Override
    public Features conv(Blueprint net, String name, Features x, Conv conv) {
        ConvolutionLayer layer = conv.depthwise()
                ? shaped(new DepthwiseConvolution2D.Builder(), net, conv)
                        .weightInit(depthwiseInit(conv))
                        .build()
                : shaped(new ConvolutionLayer.Builder(), net, conv)
                        .nOut(conv.nOut())
                        .build();
        net.graph().addLayer(name, layer, x.vertex());
        return new Features(name, conv.nOut());
    }

    /** He's rule for the fan-in of one channel; DL4J takes that of all. */
    private static IWeightInit depthwiseInit(Conv conv) {
        return new WeightInitDistribution(new NormalDistribution(0, Math.sqrt(2) / conv.kernel()));
    }

    private static <B extends BaseConvBuilder<B>> B shaped(B layer, Blueprint net, Conv conv) {
        int padding = net.padding(conv.padding());
        return layer.kernelSize(conv.kernel(), conv.kernel())
                .stride(conv.stride(), conv.stride())
                .padding(padding, padding)
                .hasBias(conv.hasBias())
                .activation(Activation.IDENTITY);
    }
}
