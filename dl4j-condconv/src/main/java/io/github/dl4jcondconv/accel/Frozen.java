package io.github.dl4jcondconv.accel;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.vertex.BaseWrapperVertex;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;

/** DL4J's wrappers around what training leaves as it is. */
final class Frozen {
    private Frozen() {}

    /** Whether no gradient goes further back than this layer or vertex. */
    static boolean stopsGradients(Object part) {
        return part instanceof FrozenLayer || part instanceof FrozenVertex;
    }

    /** The layer or vertex in a wrapper; others themselves. */
    static Object inside(Object part) {
        if (part instanceof FrozenLayer frozen) {
            return frozen.getInsideLayer();
        }
        if (part instanceof FrozenLayerWithBackprop frozen) {
            return frozen.getInsideLayer();
        }
        return part instanceof FrozenVertex ? Internals.get(BaseWrapperVertex.class, "underlying", part) : part;
    }

    /** A layer in a wrapper like that of another one, if that has one. */
    static Layer like(Layer other, Layer inside) {
        if (other instanceof FrozenLayer) {
            return new FrozenLayer(inside);
        }
        return other instanceof FrozenLayerWithBackprop ? new FrozenLayerWithBackprop(inside) : inside;
    }

    /** A vertex in a wrapper like that of another one, if that has one. */
    static GraphVertex like(GraphVertex other, GraphVertex inside) {
        return other instanceof FrozenVertex ? new FrozenVertex(inside) : inside;
    }
}
