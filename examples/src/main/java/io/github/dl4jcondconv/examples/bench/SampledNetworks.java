package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.zoo.BlockKind;
import io.github.dl4jcondconv.zoo.ResNet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks that compute features of some positions only, and the same without that. */
final class SampledNetworks {
    private static final String INTERPOLATION = "interpolation";

    private SampledNetworks() {}

    /** Convolution at sampled positions, BatchNormalization, ReLU, interpolation; inputs: features and mask. */
    static ComputationGraph sampledLayer(int channels, int height, int width, double sigma) {
        GraphBuilder graph = Networks.global()
                .graphBuilder()
                .addInputs("features", "mask")
                .setInputTypes(
                        InputType.convolutional(height, width, channels), InputType.convolutional(height, width, 1));
        MaskedConv2D convolution = new MaskedConv2D.Builder(3)
                .nOut(channels)
                .padding(1)
                .hasBias(false)
                .build();
        MultiInputVertex.addLayer(graph, "conv", convolution, "features", "mask");
        Networks.Block.normalised(graph, "", "conv");
        Interpolation interpolation = new Interpolation.Builder(Interpolation.Method.RBF).build();
        MultiInputVertex.addLayer(graph, INTERPOLATION, interpolation, "relu", "mask");
        ComputationGraph net = Networks.built(graph.setOutputs(INTERPOLATION).validateOutputLayerConfig(false));
        net.getLayer(INTERPOLATION).setParam("sigma", Nd4j.scalar((float) sigma).reshape(1));
        return net;
    }

    /** The same with a convolution everywhere and nothing to interpolate. */
    static ComputationGraph denseLayer(int channels, int height, int width) {
        GraphBuilder graph = Networks.global()
                .graphBuilder()
                .addInputs("features")
                .setInputTypes(InputType.convolutional(height, width, channels))
                .addLayer("conv", Networks.convolution(channels, 3), "features");
        Networks.Block.normalised(graph, "", "conv");
        return Networks.built(graph.setOutputs("relu").validateOutputLayerConfig(false));
    }

    /** ResNet-34 for images of three channels. */
    static ComputationGraph denseResNet34(int size) {
        return resNet34(size).build().init();
    }

    /** ResNet-34 whose blocks compute every {@code interval}-th row and column and interpolate the rest. */
    static ComputationGraph sampledResNet34(int size, int interval) {
        Sampling grid = Sampling.builder()
                .gate(Sampling.Gate.UNIFORM)
                .gridInterval(interval)
                .build();
        return resNet34(size).block(BlockKind.SAMPLED).sampling(grid).build().init();
    }

    private static ResNet.Builder resNet34(int size) {
        return ResNet.builder(34).inputShape(3, size, size).numClasses(Networks.CLASSES);
    }

    /** Masks as {@link Sampling}'s option of this name makes them: all of an image that they sample so much of. */
    static INDArray denseFrom(double share, INDArray masks) {
        for (int n = 0; n < masks.size(0); n++) {
            INDArray mask = masks.tensorAlongDimension(n, 1, 2, 3);
            if (mask.meanNumber().doubleValue() >= share) {
                mask.assign(1);
            }
        }
        return masks;
    }
}
