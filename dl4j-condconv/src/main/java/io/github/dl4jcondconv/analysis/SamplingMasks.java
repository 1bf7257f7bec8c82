package io.github.dl4jcondconv.analysis;

import io.github.dl4jcondconv.engine.Exposed;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SamplingMask;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The masks by which a network's {@link SamplingMask} and {@link SampledConv2D} layers sample. */
public final class SamplingMasks {
    private SamplingMasks() {}

    /**
     * @param images a batch, as the network reads it
     * @return the masks [N, 1, H', W'] that an inference pass uses, by vertex, in the order of the network
     */
    public static Map<String, INDArray> of(ComputationGraph graph, INDArray images) {
        Map<String, INDArray> activations = graph.feedForward(images, false);
        Map<String, INDArray> masks = new LinkedHashMap<>();
        for (String vertex : graph.getConfiguration().getTopologicalOrderStr()) {
            Layer layer = Layers.of(graph, vertex);
            if (layer instanceof SamplingMask mask) {
                masks.put(vertex, nchw(activations.get(vertex), mask.getDataFormat()));
            } else if (layer instanceof SampledConv2D) {
                masks.put(vertex, Exposed.value(graph, activations, vertex, SampledConv2D.MASK));
            }
        }
        return masks;
    }

    /** The share of positions that each mask samples, 0 to 1, by vertex, in the order of the network. */
    public static Map<String, Double> densities(ComputationGraph graph, INDArray images) {
        Map<String, Double> densities = new LinkedHashMap<>();
        of(graph, images)
                .forEach((vertex, mask) -> densities.put(
                        vertex, mask.gt(0).castTo(DataType.DOUBLE).meanNumber().doubleValue()));
        return densities;
    }

    private static INDArray nchw(INDArray mask, CNN2DFormat format) {
        return format == CNN2DFormat.NHWC ? mask.permute(0, 3, 1, 2) : mask;
    }
}
