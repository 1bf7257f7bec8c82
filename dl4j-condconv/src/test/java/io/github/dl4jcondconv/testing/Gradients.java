package io.github.dl4jcondconv.testing;

import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What backpropagation computes, before any updater sees it. */
public final class Gradients {
    private Gradients() {}

    /** Gradients of a batch by "layer_parameter", copied; running statistics have none. */
    public static Map<String, INDArray> of(ComputationGraph net, DataSet batch) {
        net.setInputs(batch.getFeatures());
        net.setLabels(batch.getLabels());
        net.setLayerMaskArrays(
                batch.getFeaturesMaskArray() == null ? null : new INDArray[] {batch.getFeaturesMaskArray()}, null);
        net.computeGradientAndScore();
        Map<String, INDArray> copies = copied(net);
        net.clearLayerMaskArrays();
        return copies;
    }

    static Map<String, INDArray> copied(ComputationGraph net) {
        Map<String, INDArray> copies = new TreeMap<>();
        net.gradient().gradientForVariable().forEach((name, gradient) -> copies.put(name, gradient.dup()));
        return copies;
    }
}
