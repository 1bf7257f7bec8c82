package io.github.dl4jcondconv.analysis;

import io.github.dl4jcondconv.engine.Exposed;
import io.github.dl4jcondconv.layers.CondConvBlock;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights by which a network's routers mix experts: those of {@link Router} vertices, and of CondConv2D,
 * DepthwiseCondConv2D and CondDense layers that have a router of their own.
 */
public final class RoutingWeights {
    private RoutingWeights() {}

    /**
     * @param images a batch, as the network reads it
     * @return the weights [N, E] of an inference pass, by the vertex whose router makes them, in the order of the network
     */
    public static Map<String, INDArray> of(ComputationGraph graph, INDArray images) {
        Map<String, INDArray> activations = graph.feedForward(images, false);
        Map<String, INDArray> weights = new LinkedHashMap<>();
        for (String vertex : graph.getConfiguration().getTopologicalOrderStr()) {
            Layer layer = Layers.of(graph, vertex);
            if (layer instanceof Router) {
                weights.put(vertex, activations.get(vertex));
            } else if (hasOwnRouter(layer)) {
                weights.put(vertex, Exposed.value(graph, activations, vertex, Routing.WEIGHTS));
            }
        }
        return weights;
    }

    private static boolean hasOwnRouter(Layer layer) {
        Routing routing = null;
        if (layer instanceof CondConvBlock convolution) {
            routing = convolution.getRouting();
        } else if (layer instanceof CondDense dense) {
            routing = dense.getRouting();
        }
        return routing != null && routing.function() != Routing.Function.SHARED;
    }
}
