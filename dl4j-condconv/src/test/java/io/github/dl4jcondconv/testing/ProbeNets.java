package io.github.dl4jcondconv.testing;

import static io.github.dl4jcondconv.testing.SmallNets.CLASSES;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of a few dozen parameters on vectors of {@value #FEATURES} features; the layer under test is "layer". */
public final class ProbeNets {
    public static final int FEATURES = 4;

    private ProbeNets() {}

    /** A dense layer "before", the layer, and softmax "out". */
    public static ComputationGraph around(Layer layer, NeuralNetConfiguration.Builder global) {
        return SmallNets.built(graph(layer, global));
    }

    public static ComputationGraph around(Layer layer, DataType type, IUpdater updater) {
        return around(layer, SmallNets.global(type, updater));
    }

    public static GraphBuilder graph(Layer layer, NeuralNetConfiguration.Builder global) {
        return withOutput(withBefore(global).addLayer("layer", layer, "before"));
    }

    /** A dense layer "before" and, from the same features, a dense layer "gate" feed a {@link GatedLayer}. */
    public static ComputationGraph gated(NeuralNetConfiguration.Builder global) {
        GraphBuilder builder = withBefore(global)
                .addLayer("gate", new DenseLayer.Builder().nOut(3).build(), "in");
        MultiInputVertex.addLayer(builder, "layer", new GatedLayer.Builder().build(), "before", "gate");
        return SmallNets.built(withOutput(builder));
    }

    private static GraphBuilder withBefore(NeuralNetConfiguration.Builder global) {
        return global.graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(FEATURES))
                .addLayer("before", new DenseLayer.Builder().nOut(5).build(), "in");
    }

    private static GraphBuilder withOutput(GraphBuilder builder) {
        return builder.addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(CLASSES)
                                .build(),
                        "layer")
                .setOutputs("out");
    }

    /** A labelled batch of random features, the same for the same size. */
    public static DataSet batch(DataType type, int size) {
        Nd4j.getRandom().setSeed(size);
        return new DataSet(Nd4j.randn(type, size, FEATURES), SmallNets.labels(type, size));
    }
}
