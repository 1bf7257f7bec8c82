package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.ops.transforms.Transforms;

/** How strongly each class of images uses each expert of a network's CondConv layers. */
final class RoutingWeights {

    private RoutingWeights() {}

    /**
     * @return for each CondConv2D, by the name of its vertex, the mean routing weights [classes, experts]; every class
     *     must have an image
     */
    static Map<String, INDArray> meanByClass(ComputationGraph graph, DataSetIterator images) {
        Map<String, INDArray> sums = new LinkedHashMap<>();
        INDArray counts = null;
        images.reset();
        while (images.hasNext()) {
            DataSet batch = images.next();
            INDArray byClass = batch.getLabels().transpose();
            of(graph, batch.getFeatures())
                    .forEach((layer, weights) -> sums.merge(layer, byClass.mmul(weights), INDArray::add));
            INDArray inBatch = byClass.sum(true, 1);
            counts = counts == null ? inBatch : counts.add(inBatch);
        }
        INDArray perClass = counts;
        sums.replaceAll((layer, sum) -> sum.divColumnVector(perClass));
        return sums;
    }

    /**
     * Routing weights [images, experts] of each CondConv2D: sigmoid(mean over the image of x . routingW + routingb).
     */
    private static Map<String, INDArray> of(ComputationGraph graph, INDArray images) {
        Map<String, INDArray> activations = graph.feedForward(images, false);
        Map<String, INDArray> routing = new LinkedHashMap<>();
        for (String name : condConvs(graph)) {
            Layer layer = graph.getLayer(name);
            String input = graph.getConfiguration().getVertexInputs().get(name).get(0);
            INDArray pooled = activations.get(input).mean(2, 3);
            INDArray logits = pooled.mmul(layer.getParam("routingW")).addRowVector(layer.getParam("routingb"));
            routing.put(name, Transforms.sigmoid(logits));
        }
        return routing;
    }

    private static List<String> condConvs(ComputationGraph graph) {
        return graph.getConfiguration().getTopologicalOrderStr().stream()
                .filter(name -> graph.getLayer(name) != null)
                .filter(name -> graph.getLayer(name).conf().getLayer() instanceof CondConv2D)
                .toList();
    }
}
