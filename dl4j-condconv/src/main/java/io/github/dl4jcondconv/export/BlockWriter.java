package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Convolution2DBlock;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.activations.IActivation;

/**
 * Reads the configuration that this library's convolutions share.
 *
 * @param <L> the layer
 */
abstract class BlockWriter<L extends Convolution2DBlock> extends FilterWriter<L> {

    @Override
    final Window window(L layer) {
        return Window.of(layer);
    }

    @Override
    final CNN2DFormat format(L layer) {
        return layer.getDataFormat();
    }

    @Override
    final long inputChannels(L layer) {
        return layer.getNIn();
    }

    @Override
    final long outputChannels(L layer) {
        return layer.getNOut();
    }

    @Override
    final IActivation activation(L layer) {
        return layer.getActivationFn();
    }
}
