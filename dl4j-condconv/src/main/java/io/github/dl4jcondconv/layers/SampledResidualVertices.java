package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.SampledResidualBlock.Kind;
import io.github.dl4jcondconv.layers.SampledResidualBlock.MaskUse;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.activations.Activation;

/** The vertices of one {@link SampledResidualBlock}. */
final class SampledResidualVertices {
    private final SampledResidualBlock block;
    private final GraphBuilder graph;
    private final String name;

    /**
     * @param graph that the vertices are added to
     * @param name of the last one, and first part of the names of the others
     */
    SampledResidualVertices(SampledResidualBlock block, GraphBuilder graph, String name) {
        this.block = block;
        this.graph = graph;
        this.name = name;
    }

    /** Adds them behind the vertex {@code input} and returns the last one. */
    String add(String input) {
        for (int mask = 1; mask <= block.masks().maskOf(block.kind().last()); mask++) {
            addMask(mask, input);
        }
        String features = input;
        for (int i = 0; i <= block.kind().last(); i++) {
            features = addConvolution(i, features);
        }
        String shortcut = block.projection() ? addProjection(input) : input;
        graph.addVertex(name + "-add", new ElementWiseVertex(ElementWiseVertex.Op.Add), features, shortcut);
        graph.addLayer(name, new ActivationLayer(Activation.RELU), name + "-add");
        return name;
    }

    private String mask(int number) {
        return name + "-mask" + number;
    }

    private void addMask(int number, String input) {
        Sampling sampling = block.sampling();
        SamplingMask layer = new SamplingMask.Builder()
                .name(mask(number))
                .stride(maskStride(number))
                .sampling(sampling.toBuilder()
                        .sparsityWeight(sampling.getSparsityWeight() * share(number))
                        .seed(sampling.getSeed() + mask(number).hashCode())
                        .build())
                .build();
        graph.addLayer(mask(number), layer, input);
    }

    /** The stride from the block's input to the output of the convolutions that use the mask. */
    private int maskStride(int mask) {
        int product = 1;
        for (int i = 0; i <= block.kind().last() && block.masks().maskOf(i) <= mask; i++) {
            product *= strideOf(i);
        }
        return product;
    }

    private int strideOf(int convolution) {
        int strided = block.masks() == MaskUse.ONE || block.kind() == Kind.BASIC ? 0 : 1;
        return convolution == strided ? block.stride() : 1;
    }

    /** In quarters of a bottleneck's and halves of a basic block's multiply-adds, as the official code rounds them. */
    private double share(int mask) {
        List<Double> ofConvolutions = block.kind() == Kind.BASIC ? List.of(0.5, 0.5) : List.of(0.25, 0.5, 0.25);
        double share = 0;
        for (int i = 0; i <= block.kind().last(); i++) {
            share += block.masks().maskOf(i) == mask ? ofConvolutions.get(i) : 0;
        }
        return share;
    }

    /** Adds a convolution and what belongs to it, and returns the vertex that the next one reads. */
    private String addConvolution(int i, String features) {
        int number = i + 1;
        String mask = mask(block.masks().maskOf(i));
        String convolution = name + "-conv" + number;
        MultiInputVertex.addLayer(graph, convolution, convolution(convolution, i), features, mask);
        if (i == block.kind().last()) {
            String filled = addInterpolation(number, convolution, mask);
            return addNormalization(number, filled);
        }
        String relu = name + "-relu" + number;
        graph.addLayer(relu, new ActivationLayer(Activation.RELU), addNormalization(number, convolution));
        return nextReadsTheSamePositions(i) ? relu : addInterpolation(number, relu, mask);
    }

    private MaskedConv2D convolution(String vertex, int i) {
        int kernel = block.kind().kernels[i];
        return new MaskedConv2D.Builder(kernel)
                .name(vertex)
                .nOut((long) block.width() * block.kind().expansions[i])
                .stride(strideOf(i))
                .padding(kernel / 2)
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
    }

    private boolean nextReadsTheSamePositions(int i) {
        return block.kind().kernels[i + 1] == 1
                && block.masks().maskOf(i) == block.masks().maskOf(i + 1);
    }

    private String addNormalization(int number, String features) {
        String vertex = name + "-bn" + number;
        graph.addLayer(vertex, new BatchNormalization(), features);
        return vertex;
    }

    private String addInterpolation(int number, String features, String mask) {
        String vertex = name + "-fill" + number;
        Interpolation layer = new Interpolation.Builder(block.interpolation())
                .name(vertex)
                .window(block.window())
                .build();
        MultiInputVertex.addLayer(graph, vertex, layer, features, mask);
        return vertex;
    }

    private String addProjection(String input) {
        ConvolutionLayer layer = new ConvolutionLayer.Builder(1, 1)
                .nOut((long) block.width()
                        * block.kind().expansions[block.kind().last()])
                .stride(block.stride(), block.stride())
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(false)
                .activation(Activation.IDENTITY)
                .build();
        graph.addLayer(name + "-projection", layer, input);
        graph.addLayer(name + "-projection-bn", new BatchNormalization(), name + "-projection");
        return name + "-projection-bn";
    }
}
