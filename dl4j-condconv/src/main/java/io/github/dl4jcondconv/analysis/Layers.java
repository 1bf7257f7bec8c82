package io.github.dl4jcondconv.analysis;

import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Finds layers in networks. */
final class Layers {
    private Layers() {}

    /** The layer of a vertex, frozen or not; null where the vertex has none. */
    static Layer of(ComputationGraph graph, String vertex) {
        if (graph.getLayer(vertex) == null) {
            return null;
        }
        Layer layer = graph.getLayer(vertex).conf().getLayer();
        if (layer instanceof FrozenLayer frozen) {
            return frozen.getLayer();
        }
        return layer instanceof FrozenLayerWithBackprop frozen ? frozen.getUnderlying() : layer;
    }
}
