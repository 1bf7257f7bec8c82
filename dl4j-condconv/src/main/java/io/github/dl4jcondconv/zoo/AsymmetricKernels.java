package io.github.dl4jcondconv.zoo;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock.GammaInit;
import org.nd4j.linalg.activations.Activation;

/**
 * ACNet: square windows of side 3 and 5 become asymmetric convolution blocks, which normalise by themselves; others, and
 * depthwise convolutions, stay as they are. So does the official code.
 */
final class AsymmetricKernels implements Kernels {
    private static final Kernels FIXED = new FixedKernels();

    private final GammaInit gammaInit;

    AsymmetricKernels(GammaInit gammaInit) {
        this.gammaInit = gammaInit;
    }

    /** Also a convolution that no normalisation follows becomes a block, which has its own. */
    @Override
    public Features conv(Blueprint net, String name, Features x, Conv conv) {
        return replaces(conv) ? block(net, name, x, conv) : FIXED.conv(net, name, x, conv);
    }

    @Override
    public Features convNorm(Blueprint net, String name, String norm, Features x, Conv conv, Activation activation) {
        return replaces(conv)
                ? net.activate(block(net, name, x, conv), activation)
                : FIXED.convNorm(net, name, norm, x, conv, activation);
    }

    private static boolean replaces(Conv conv) {
        return conv.kernel() > 1 && conv.kernel() < 7 && !conv.depthwise();
    }

    private Features block(Blueprint net, String name, Features x, Conv conv) {
        AsymmetricConvBlock layer = BlockLayers.shaped(new AsymmetricConvBlock.Builder(conv.kernel()), net, conv)
                .eps(net.normalization().eps())
                .decay(net.normalization().decay())
                .gammaInit(gammaInit)
                .build();
        return BlockLayers.add(net, name, layer, conv, x);
    }
}
