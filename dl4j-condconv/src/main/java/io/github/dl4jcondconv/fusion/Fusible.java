package io.github.dl4jcondconv.fusion;

import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** What a network must be before anything is folded. */
final class Fusible {
    private Fusible() {}

    /** @throws IllegalArgumentException if it is not, naming the vertex and what is wrong with it */
    static void require(ComputationGraph graph) {
        if (graph.getVertices() == null) {
            throw new IllegalArgumentException("cannot fuse: the network is not initialised; call init() first");
        }
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.hasLayer()) {
                requireFeedForward(
                        vertex.getVertexName(), vertex.getLayer().conf().getLayer());
            }
            vertex.paramTable(false).forEach((key, value) -> requireFinite(vertex.getVertexName(), key, value));
        }
    }

    /** Sequences come with masks, which DL4J applies after some layers and not after others. */
    private static void requireFeedForward(String vertex, Layer layer) {
        if (isRecurrent(layer)) {
            throw new IllegalArgumentException("cannot fuse vertex \"" + vertex + "\": "
                    + layer.getClass().getSimpleName() + " is recurrent; fusion is for feed-forward networks");
        }
    }

    private static boolean isRecurrent(Layer layer) {
        if (layer instanceof FrozenLayer frozen) {
            return isRecurrent(frozen.getLayer());
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            return isRecurrent(wrapper.getUnderlying());
        }
        return layer instanceof BaseRecurrentLayer
                || layer instanceof Bidirectional
                || layer instanceof RnnOutputLayer
                || layer instanceof RnnLossLayer;
    }

    private static void requireFinite(String vertex, String key, INDArray value) {
        if (value.cond(Conditions.notFinite()).any()) {
            throw new IllegalArgumentException("cannot fuse vertex \"" + vertex + "\": its parameter \"" + key
                    + "\" holds values that are NaN or infinite");
        }
    }
}
