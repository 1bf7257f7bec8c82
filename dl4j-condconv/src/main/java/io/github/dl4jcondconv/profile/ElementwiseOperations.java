package io.github.dl4jcondconv.profile;

import io.github.dl4jcondconv.layers.SqueezeExcitation;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.impl.ActivationSwish;

/**
 * Products and sums that are done once for each value, as TensorFlow's profiler counts those of a network at inference:
 * x in x sigmoid(x), the mean and the gates of squeeze-and-excitation, the additions of vertices and global pooling. It
 * knows no cost of ReLU, sigmoid and BatchNormalization.
 */
final class ElementwiseOperations {
    private ElementwiseOperations() {}

    static long of(GraphVertex vertex, InputType output, InputType... inputs) {
        if (vertex instanceof ElementWiseVertex) {
            return (inputs.length - 1) * output.arrayElementsPerExample();
        }
        return vertex instanceof LayerVertex v
                ? of(Layers.unwrap(v.getLayerConf().getLayer()), inputs[0])
                : 0;
    }

    private static long of(Layer layer, InputType input) {
        long values = input.arrayElementsPerExample();
        if (layer instanceof SqueezeExcitation) {
            return 2 * values;
        }
        boolean once = layer instanceof GlobalPoolingLayer
                || layer instanceof ActivationLayer a && a.getActivationFn() instanceof ActivationSwish;
        return once ? values : 0;
    }
}
