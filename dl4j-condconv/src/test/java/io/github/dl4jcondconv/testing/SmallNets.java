package io.github.dl4jcondconv.testing;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.engine.SameDiffBlock;
import io.github.dl4jcondconv.layers.Router;
import io.github.dl4jcondconv.layers.Routing;
import java.util.function.IntFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of a few hundred parameters around one layer under test, which is always called "layer". */
public final class SmallNets {
    public static final int CLASSES = 3;

    private SmallNets() {}

    /** A global configuration with smooth activations, for data type and updater given. */
    public static NeuralNetConfiguration.Builder global(DataType type, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH);
    }

    /** A 1x1 convolution, the layer, pooling and softmax: the first one shows what the layer passes back. */
    public static ComputationGraph around(Layer layer, NeuralNetConfiguration.Builder global, InputType input) {
        return built(graph(layer, global, input));
    }

    public static GraphBuilder graph(Layer layer, NeuralNetConfiguration.Builder global, InputType input) {
        return pooledClasses(before(global, input).addLayer("layer", layer, "before"));
    }

    /** The same for a layer whose second input comes from the layer "source". */
    public static GraphBuilder withSource(
            SameDiffBlock layer, Layer source, NeuralNetConfiguration.Builder global, InputType input) {
        GraphBuilder builder = before(global, input).addLayer("source", source, "before");
        MultiInputVertex.addLayer(builder, "layer", layer, "before", "source");
        return pooledClasses(builder);
    }

    /** The same for a layer of vectors: it sees the 1x1 convolution's outputs pooled, as "features". */
    public static GraphBuilder ofVectors(Layer layer, NeuralNetConfiguration.Builder global, InputType input) {
        return classes(features(global, input).addLayer("layer", layer, "features"), "layer");
    }

    /** The same for a layer of vectors whose second input comes from the layer "source". */
    public static GraphBuilder ofVectorsWithSource(
            SameDiffBlock layer, Layer source, NeuralNetConfiguration.Builder global, InputType input) {
        GraphBuilder builder = features(global, input).addLayer("source", source, "features");
        MultiInputVertex.addLayer(builder, "layer", layer, "features", "source");
        return classes(builder, "layer");
    }

    /** Two layers, each with a router of its own, the second of which also sees the weights of the first. */
    public static GraphBuilder hierarchy(
            Routing routing,
            IntFunction<SameDiffBlock> layerOfExperts,
            NeuralNetConfiguration.Builder global,
            InputType input) {
        Router first = new Router.Builder().numExperts(2).routing(routing).build();
        Router second = new Router.Builder()
                .numExperts(3)
                .previousExperts(2)
                .routing(routing)
                .build();
        GraphBuilder builder = before(global, input).addLayer("router1", first, "before");
        MultiInputVertex.addLayer(builder, "layer1", layerOfExperts.apply(2), "before", "router1");
        MultiInputVertex.addLayer(builder, "router2", second, "layer1", "router1");
        MultiInputVertex.addLayer(builder, "layer", layerOfExperts.apply(3), "layer1", "router2");
        return pooledClasses(builder);
    }

    public static GraphBuilder before(NeuralNetConfiguration.Builder global, InputType input) {
        return global.graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .addLayer("before", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "in");
    }

    private static GraphBuilder features(NeuralNetConfiguration.Builder global, InputType input) {
        return before(global, input)
                .addLayer("features", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "before");
    }

    public static GraphBuilder pooledClasses(GraphBuilder builder) {
        builder.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "layer");
        return classes(builder, "pool");
    }

    private static GraphBuilder classes(GraphBuilder builder, String from) {
        return builder.addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nOut(CLASSES)
                                .build(),
                        from)
                .setOutputs("out");
    }

    /** The layer alone, its output being the network's; for inference only. */
    public static ComputationGraph alone(Layer layer, DataType type, InputType input) {
        return built(global(type, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .addLayer("layer", layer, "in")
                .setOutputs("layer")
                .validateOutputLayerConfig(false));
    }

    /** The same for a layer whose second input is a vector: the network's inputs are "in" and "vector". */
    public static ComputationGraph aloneWithVector(SameDiffBlock layer, DataType type, InputType input, long size) {
        GraphBuilder builder = global(type, new NoOp())
                .graphBuilder()
                .addInputs("in", "vector")
                .setInputTypes(input, InputType.feedForward(size))
                .setOutputs("layer")
                .validateOutputLayerConfig(false);
        MultiInputVertex.addLayer(builder, "layer", layer, "in", "vector");
        return built(builder);
    }

    public static ComputationGraph built(GraphBuilder builder) {
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return graph;
    }

    public static INDArray image(
            DataType type, CNN2DFormat format, long batch, long channels, long height, long width) {
        return format == CNN2DFormat.NHWC
                ? Nd4j.randn(type, batch, height, width, channels)
                : Nd4j.randn(type, batch, channels, height, width);
    }

    /** A random batch of an input type. */
    public static INDArray batchOf(InputType input, DataType type, long batch) {
        long[] shape = input.getShape(true);
        shape[0] = batch;
        return Nd4j.randn(type, shape);
    }

    public static INDArray labels(DataType type, long batch) {
        INDArray labels = Nd4j.zeros(type, batch, CLASSES);
        for (long i = 0; i < batch; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    /** A labelled batch of random 2-channel images. */
    public static DataSet batch(DataType type, int batch, int height, int width) {
        return new DataSet(image(type, CNN2DFormat.NCHW, batch, 2, height, width), labels(type, batch));
    }

    /** Fills a parameter with random values around a centre, for running statistics that are not 0 and 1. */
    public static void scatter(ComputationGraph graph, String parameter, double centre, double spread) {
        INDArray p = graph.getParam(parameter);
        p.assign(Nd4j.rand(p.dataType(), p.shape()).subi(0.5).muli(2 * spread).addi(centre));
    }

    /** Fills every parameter with random values such as training leaves: weights of order one, positive variances. */
    public static void scatterAll(ComputationGraph graph) {
        graph.paramTable().forEach((name, p) -> {
            boolean positive = name.contains("_var") || name.contains("_gamma");
            p.addi(Nd4j.rand(p.dataType(), p.shape()).subi(positive ? 0 : 0.5));
        });
    }

    /** Largest absolute difference over the largest absolute value of {@code expected}. */
    public static double relativeDifference(INDArray actual, INDArray expected) {
        INDArray a = actual.castTo(DataType.DOUBLE);
        INDArray e = expected.castTo(DataType.DOUBLE);
        return a.sub(e).amaxNumber().doubleValue() / e.amaxNumber().doubleValue();
    }
}
