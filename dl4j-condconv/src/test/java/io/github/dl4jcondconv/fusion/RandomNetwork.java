package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.engine.MultiInputVertex;
import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.layers.CondDense;
import io.github.dl4jcondconv.layers.DepthwiseCondConv2D;
import io.github.dl4jcondconv.layers.DepthwiseWeightNetConv2D;
import io.github.dl4jcondconv.layers.Interpolation;
import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.SamplingMask;
import io.github.dl4jcondconv.layers.SqueezeExcitation;
import io.github.dl4jcondconv.layers.WeightNetConv2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;

/** Grows a network of vertices that keep the image's size and give 4 channels, each on some that are there. */
final class RandomNetwork {
    private static final int VERTICES = 14;
    private static final int CHANNELS = 4;
    private static final Sampling HALF_OF_ALL =
            Sampling.builder().gridInterval(null).build();

    private final Random random;
    private final GraphBuilder builder;
    private final List<String> images = new ArrayList<>();

    RandomNetwork(Random random, GraphBuilder builder) {
        this.random = random;
        this.builder = builder;
    }

    void grow() {
        images.add("entrance");
        builder.addLayer("entrance", convolution(), "in");
        while (images.size() < VERTICES) {
            String name = "v" + images.size();
            add(name, recent());
            images.add(name);
        }
        builder.addVertex("all", new MergeVertex(), ends())
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "all")
                .addLayer("dense", dense(), "pool")
                .addLayer("dense-bn", batchNorm(), "dense")
                .addLayer("class", new DenseLayer.Builder().nOut(CHANNELS).build(), "dense-bn")
                .setOutputs("all", "class", images.get(random.nextInt(VERTICES)));
    }

    private void add(String name, String input) {
        switch (random.nextInt(18)) {
            case 0, 1 -> addSum(name, input, images.get(random.nextInt(images.size())));
            case 2 -> builder.addVertex(name, new ScaleVertex(random.nextGaussian()), input);
            case 3 -> builder.addVertex(name, new ShiftVertex(random.nextGaussian()), input);
            case 4, 5 -> addActivation(name, input);
            case 6, 7 -> addBranches(name, input);
            case 8 -> addMasked(name, input);
            case 9 -> addMerge(name, input);
            default -> builder.addLayer(name, layer(), input);
        }
    }

    private void addSum(String name, String a, String b) {
        if (a.equals(b)) {
            builder.addLayer(name, layer(), a);
        } else {
            builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), a, b);
        }
    }

    /** On a layer of its own: in feedForward, DL4J lets an ActivationLayer write into its input. */
    private void addActivation(String name, String input) {
        Activation activation = random.nextBoolean() ? Activation.TANH : Activation.RELU;
        builder.addLayer(name + "-before", random.nextBoolean() ? batchNorm() : convolution(), input)
                .addLayer(name, new ActivationLayer(activation), name + "-before");
    }

    private void addBranches(String name, String input) {
        builder.addLayer(name + "-a", convolution(), input)
                .addLayer(name + "-a-bn", batchNorm(), name + "-a")
                .addLayer(name + "-b", random.nextBoolean() ? batchNorm() : convolution(), input)
                .addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), name + "-a-bn", name + "-b");
    }

    /** Two branches, the first normalised, next to each other; perhaps normalised again; a convolution of both. */
    private void addMerge(String name, String input) {
        String left = addedConvolution(name + "-a", input);
        if (random.nextBoolean()) {
            builder.addLayer(name + "-act", new ActivationLayer(Activation.TANH), left);
            left = name + "-act";
        }
        builder.addLayer(name + "-bn", batchNorm(), left)
                .addVertex(name + "-merge", new MergeVertex(), name + "-bn", addedConvolution(name + "-b", input));
        String both = name + "-merge";
        if (random.nextBoolean()) {
            builder.addLayer(name + "-both", batchNorm(), both);
            both = name + "-both";
        }
        builder.addLayer(name, convolution(), both);
    }

    private String addedConvolution(String name, String input) {
        builder.addLayer(name, convolution(), input);
        return name;
    }

    /** A convolution, a normalisation and perhaps another convolution at some positions, and an interpolation. */
    private void addMasked(String name, String input) {
        String mask = name + "-mask";
        builder.addLayer(mask, new SamplingMask.Builder().sampling(HALF_OF_ALL).build(), input);
        MultiInputVertex.addLayer(builder, name + "-masked", masked(), input, mask);
        builder.addLayer(name + "-masked-bn", batchNorm(), name + "-masked");
        String features = name + "-masked-bn";
        if (random.nextBoolean()) {
            MultiInputVertex.addLayer(builder, name + "-again", masked(), features, mask);
            features = name + "-again";
        }
        MultiInputVertex.addLayer(builder, name, new Interpolation.Builder().build(), features, mask);
    }

    private MaskedConv2D masked() {
        return new MaskedConv2D.Builder(1 + 2 * random.nextInt(2))
                .nOut(CHANNELS)
                .hasBias(random.nextBoolean())
                .build();
    }

    /** Mostly the last vertex, so that chains form. */
    private String recent() {
        int back = random.nextInt(4) == 0 ? random.nextInt(images.size()) : 0;
        return images.get(images.size() - 1 - back);
    }

    private String[] ends() {
        return images.stream()
                .filter(name -> builder.getVertexInputs().values().stream().noneMatch(inputs -> inputs.contains(name)))
                .toArray(String[]::new);
    }

    private Layer layer() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> batchNorm();
            case 4 -> new DropoutLayer(0.5);
            case 5 ->
                new SubsamplingLayer.Builder(random.nextBoolean() ? PoolingType.AVG : PoolingType.MAX)
                        .kernelSize(3, 3)
                        .stride(1, 1)
                        .build();
            case 6 -> stockKernel();
            case 7, 8 -> ourKernel();
            default -> convolution();
        };
    }

    private Layer stockKernel() {
        return switch (random.nextInt(3)) {
            case 0 -> new DepthwiseConvolution2D.Builder(3, 3).build();
            case 1 -> new SeparableConvolution2D.Builder(3, 3).nOut(CHANNELS).build();
            default -> new Deconvolution2D.Builder(3, 3).nOut(CHANNELS).build();
        };
    }

    private Layer ourKernel() {
        Activation activation = random.nextInt(4) == 0 ? Activation.RELU : Activation.IDENTITY;
        return switch (random.nextInt(7)) {
            case 0 ->
                new CondConv2D.Builder(3)
                        .nOut(CHANNELS)
                        .hasBias(random.nextBoolean())
                        .activation(activation)
                        .build();
            case 1 -> new DepthwiseCondConv2D.Builder(3).activation(activation).build();
            case 2 ->
                new WeightNetConv2D.Builder(3)
                        .nOut(CHANNELS)
                        .activation(activation)
                        .build();
            case 3 ->
                new DepthwiseWeightNetConv2D.Builder(3).activation(activation).build();
            case 4 ->
                new SampledConv2D.Builder(3)
                        .nOut(CHANNELS)
                        .sampling(HALF_OF_ALL)
                        .activation(activation)
                        .build();
            case 5 ->
                new AsymmetricConvBlock.Builder(3)
                        .nOut(CHANNELS)
                        .activation(activation)
                        .build();
            default -> new SqueezeExcitation.Builder().reductionRatio(2).build();
        };
    }

    private Layer dense() {
        return random.nextBoolean()
                ? new DenseLayer.Builder().nOut(CHANNELS).build()
                : new CondDense.Builder().nOut(CHANNELS).build();
    }

    private BatchNormalization batchNorm() {
        return new BatchNormalization.Builder()
                .useLogStd(random.nextBoolean())
                .lockGammaBeta(random.nextInt(4) == 0)
                .build();
    }

    private ConvolutionLayer convolution() {
        return new ConvolutionLayer.Builder(1 + 2 * random.nextInt(2), 1 + 2 * random.nextInt(2))
                .nOut(CHANNELS)
                .hasBias(random.nextBoolean())
                .activation(random.nextInt(3) == 0 ? Activation.RELU : Activation.IDENTITY)
                .build();
    }
}
