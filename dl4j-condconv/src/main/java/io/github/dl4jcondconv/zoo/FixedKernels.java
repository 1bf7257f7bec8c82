package io.github.dl4jcondconv.zoo;

import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer.BaseConvBuilder;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.nd4j.linalg.activations.Activation;

/** Stock convolutions: the same kernel for every image. */
final class FixedKernels implements Kernels {
    @Override
    public Features conv(Blueprint net, String name, Features x, Conv conv) {
        ConvolutionLayer layer = conv.depthwise()
                ? shaped(new DepthwiseConvolution2D.Builder(), net, conv).build()
                : shaped(new ConvolutionLayer.Builder(), net, conv)
                        .nOut(conv.nOut())
                        .build();
        net.graph().addLayer(name, layer, x.vertex());
        return new Features(name, conv.nOut());
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
