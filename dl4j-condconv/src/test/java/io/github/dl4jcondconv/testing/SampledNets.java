package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;

/** Networks in which a layer under test, "layer", takes features and a mask. */
public final class SampledNets {
    private SampledNets() {}

    /** The layer alone on features and mask that the caller gives; the mask has the size of the features. */
    public static ComputationGraph alone(
            SameDiffBlock layer, DataType type, InputType.InputTypeConvolutional features) {
        return alone(layer, type, features, features.getHeight(), features.getWidth());
    }

    /** The layer alone on features and a mask of the given size. */
    public static ComputationGraph alone(
            SameDiffBlock layer, DataType type, InputType.InputTypeConvolutional features, long height, long width) {
        GraphBuilder builder = SmallNets.global(type, new NoOp())
                .graphBuilder()
                .addInputs("features", "mask")
                .setInputTypes(features, InputType.convolutional(height, width, 1, features.getFormat()));
        MultiInputVertex.addLayer(builder, "layer", layer, "features", "mask");
        return SmallNets.built(builder.setOutputs("layer").validateOutputLayerConfig(false));
    }

    /** What the layer of {@link #alone} answers. */
    public static INDArray output(ComputationGraph net, INDArray features, INDArray mask) {
        return net.outputSingle(features, mask);
    }
}
