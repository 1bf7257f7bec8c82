package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.layers.SamplingMask;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

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

    /** A 1x1 convolution and a mask of it feed the layer; pooling and softmax follow. */
    public static ComputationGraph around(
            SameDiffBlock layer, SamplingMask mask, NeuralNetConfiguration.Builder global, InputType input) {
        GraphBuilder builder = global.graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .addLayer("before", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "in")
                .addLayer("mask", mask, "before");
        MultiInputVertex.addLayer(builder, "layer", layer, "before", "mask");
        return SmallNets.built(classified(builder, "layer"));
    }

    /** Adds pooling and softmax behind a vertex. */
    public static GraphBuilder classified(GraphBuilder builder, String features) {
        return builder.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), features)
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(SmallNets.CLASSES)
                                .build(),
                        "pool")
                .setOutputs("out");
    }

    /** What the layer of {@link #alone} answers. */
    public static INDArray output(ComputationGraph net, INDArray features, INDArray mask) {
        return net.outputSingle(features, mask);
    }
}
