package io.github.dl4jcondconv.export;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.deeplearning4j.exception.DL4JException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;

/**
 * Grows a network of DL4J's layers and vertices from a seed: up to ten of them, each reading what came before, then
 * outputs of everything that nobody reads, some of it behind a classifier.
 */
final class RandomGraph {
    private static final int SMALLEST = 4;
    private static final int MOST_CHANNELS = 12;

    private final Random random;
    private final CNN2DFormat format;
    private final RandomStockLayers layers;
    private final GraphBuilder builder;
    private final long[] shape;
    /** What there is to read. */
    private final Map<String, InputTypeConvolutional> images = new LinkedHashMap<>();

    private final Set<String> unread = new LinkedHashSet<>();

    RandomGraph(long seed) {
        random = new Random(seed);
        format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
        layers = new RandomStockLayers(random, format);
        int height = 9 + random.nextInt(5);
        int width = 9 + random.nextInt(5);
        int channels = 2 + random.nextInt(3);
        shape = format == CNN2DFormat.NCHW
                ? new long[] {channels, height, width}
                : new long[] {height, width, channels};
        InputTypeConvolutional type = (InputTypeConvolutional) InputType.convolutional(height, width, channels, format);
        builder = new NeuralNetConfiguration.Builder()
                .seed(random.nextInt())
                .activation(Activation.TANH)
                .graphBuilder();
        boolean twoInputs = random.nextInt(4) == 0;
        builder.addInputs(twoInputs ? List.of("left", "right") : List.of("left"));
        builder.setInputTypes(twoInputs ? new InputType[] {type, type} : new InputType[] {type});
        for (String input : twoInputs ? List.of("left", "right") : List.of("left")) {
            addAny("from-" + input, layers::convolution, input, type);
        }
    }

    /** The shape of one example of each input. */
    long[] shape() {
        return shape;
    }

    ComputationGraph grow() {
        int vertices = 2 + random.nextInt(9);
        for (int i = 0; i < vertices; i++) {
            String name = "v" + i;
            if (random.nextInt(3) > 0 || !addVertex(name)) {
                addLayer(name);
            }
        }
        List<String> outputs = new ArrayList<>();
        for (String image : unread) {
            outputs.add(random.nextBoolean() ? addShift(image) : addClassifier(image));
        }
        return Graphs.init(builder.setOutputs(outputs.toArray(String[]::new)));
    }

    private void addLayer(String name) {
        String from = any(List.copyOf(images.keySet()));
        InputTypeConvolutional type = images.get(from);
        addAny(name, () -> layers.any(type), from, type);
    }

    private void addAny(String name, Supplier<Layer> draw, String from, InputTypeConvolutional type) {
        boolean grown = false;
        while (!grown) {
            grown = add(name, draw.get(), from, type);
        }
    }

    /** False, and nothing added, if the layer does not suit the image. */
    private boolean add(String name, Layer layer, String from, InputTypeConvolutional type) {
        if (layer instanceof SpaceToDepthLayer && (type.getHeight() % 2 == 1 || type.getWidth() % 2 == 1)) {
            return false;
        }
        InputTypeConvolutional out;
        try {
            Layer copy = layer.clone();
            copy.setNIn(type, true);
            out = (InputTypeConvolutional) copy.getOutputType(0, type);
        } catch (DL4JException e) {
            return false;
        }
        if (out.getHeight() < SMALLEST || out.getWidth() < SMALLEST || out.getHeight() > 30 || out.getWidth() > 30) {
            return false;
        }
        builder.addLayer(name, layer, from);
        remember(name, out, from);
        return true;
    }

    private boolean addVertex(String name) {
        String first = any(List.copyOf(images.keySet()));
        InputTypeConvolutional type = images.get(first);
        List<String> alike = images.keySet().stream()
                .filter(other -> images.get(other).equals(type))
                .toList();
        // not the first again, since a difference of the two would be 0
        String second = alike.get(alike.size() - 1);
        GraphVertex vertex =
                switch (random.nextInt(5)) {
                    case 0 -> new ScaleVertex(random.nextGaussian());
                    case 1 -> new ShiftVertex(random.nextGaussian());
                    case 2 -> new L2NormalizeVertex();
                    case 3 -> new MergeVertex();
                    default -> new ElementWiseVertex(any(List.of(ElementWiseVertex.Op.values())));
                };
        boolean merges = vertex instanceof MergeVertex;
        if (first.equals(second) && vertex instanceof ElementWiseVertex
                || merges && 2 * type.getChannels() > MOST_CHANNELS) {
            return false;
        }
        String[] from =
                merges || vertex instanceof ElementWiseVertex ? new String[] {first, second} : new String[] {first};
        builder.addVertex(name, vertex, from);
        long channels = merges ? 2 * type.getChannels() : type.getChannels();
        remember(
                name,
                (InputTypeConvolutional) InputType.convolutional(type.getHeight(), type.getWidth(), channels, format),
                from);
        return true;
    }

    private void remember(String name, InputTypeConvolutional type, String... from) {
        images.put(name, type);
        unread.removeAll(List.of(from));
        unread.add(name);
    }

    /** So that there is something to compare where all units of an image are dead. */
    private String addShift(String image) {
        String name = image + "-shifted";
        builder.addVertex(name, new ShiftVertex(1), image);
        return name;
    }

    private String addClassifier(String image) {
        String last = image;
        if (random.nextBoolean()) {
            last = image + "-pooled";
            builder.addLayer(last, new GlobalPoolingLayer(any(List.of(PoolingType.values()))), image);
        }
        if (random.nextBoolean()) {
            builder.addLayer(
                    image + "-dense",
                    new DenseLayer.Builder()
                            .nOut(5)
                            .hasLayerNorm(random.nextBoolean())
                            .build(),
                    last);
            last = image + "-dense";
        }
        if (random.nextInt(4) == 0) {
            builder.addLayer(image + "-norm", new BatchNormalization(), last);
            last = image + "-norm";
        }
        String name = image + "-classes";
        builder.addLayer(
                name,
                new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                last);
        return name;
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
