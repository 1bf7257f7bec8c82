package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.IActivation;

/** The activation function that a layer applies to its output last of all. */
final class Activations {
    private Activations() {}

    /** Null where the layer has none. */
    static IActivation of(Layer layer) {
        if (layer instanceof SameDiffBlock block) {
            return block.getActivationFn();
        }
        return layer instanceof BaseLayer base ? base.getActivationFn() : null;
    }

    static boolean canSet(Layer layer) {
        return layer instanceof SameDiffBlock || AffineHost.of(layer).isPresent();
    }

    static void set(Layer layer, IActivation activation) {
        if (layer instanceof SameDiffBlock block) {
            block.setActivationFn(activation);
        } else {
            ((BaseLayer) layer).setActivationFn(activation);
        }
    }
}
