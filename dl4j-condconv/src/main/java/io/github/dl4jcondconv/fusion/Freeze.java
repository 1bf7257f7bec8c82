package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;

/** How a layer is kept from training: DL4J does it by wrapping the layer's configuration. */
enum Freeze {
    NONE {
        @Override
        Layer freeze(Layer layer) {
            return layer;
        }
    },
    FROZEN {
        @Override
        Layer freeze(Layer layer) {
            return named(new FrozenLayer(layer), layer);
        }
    },
    FROZEN_WITH_BACKPROP {
        @Override
        Layer freeze(Layer layer) {
            return named(new FrozenLayerWithBackprop(layer), layer);
        }
    };

    abstract Layer freeze(Layer layer);

    static Freeze of(Layer layer) {
        if (layer instanceof FrozenLayer) {
            return FROZEN;
        }
        return layer instanceof FrozenLayerWithBackprop ? FROZEN_WITH_BACKPROP : NONE;
    }

    static Layer thaw(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return thaw(frozen.getLayer());
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? thaw(frozen.getUnderlying()) : layer;
    }

    private static Layer named(Layer wrapper, Layer inside) {
        wrapper.setLayerName(inside.getLayerName());
        return wrapper;
    }
}
