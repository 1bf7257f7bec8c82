package io.github.dl4jcondconv.zoo;

import lombok.With;
import org.nd4j.linalg.activations.Activation;

/**
 * The inverted residual block of Sandler et al., "MobileNetV2", CVPR 2018, section 3.3, with the squeeze-and-excitation
 * of MnasNet and EfficientNet: 1x1 convolution to more channels, depthwise convolution, gates, 1x1 convolution without
 * activation, and the input added where it has the output's size. Without expansion the first convolution is left out.
 * Vertices are called as timm's modules.
 *
 * @param expansion how many times more channels there are inside than in the input
 * @param kernel side of the depthwise window
 * @param stride of the depthwise convolution
 * @param nOut output channels
 * @param squeeze how many times fewer values than input channels the gates' hidden layer has; 0 for no gates
 * @param activation after every convolution but the last
 */
@With
record InvertedResidual(int expansion, int kernel, int stride, int nOut, int squeeze, Activation activation) {

    Features add(Blueprint net, String name, Features x, Kernels kernels) {
        int inside = x.channels() * expansion;
        Features y = x;
        int norms = 0;
        if (expansion > 1) {
            y = kernels.convNorm(net, name + ".conv_pw", norm(name, ++norms), x, Conv.of(inside, 1), activation);
        }
        Conv depthwise = Conv.depthwise(inside, kernel).withStride(stride);
        y = kernels.convNorm(net, name + ".conv_dw", norm(name, ++norms), y, depthwise, activation);
        if (squeeze > 0) {
            y = net.squeezeExcitation(name + ".se", y, squeeze * expansion, activation);
        }
        String last = name + (expansion > 1 ? ".conv_pwl" : ".conv_pw");
        y = kernels.convNorm(net, last, norm(name, ++norms), y, Conv.of(nOut, 1), Activation.IDENTITY);
        return stride == 1 && x.channels() == nOut ? net.add(name + ".add", y, x) : y;
    }

    private static String norm(String name, int index) {
        return name + ".bn" + index;
    }
}
