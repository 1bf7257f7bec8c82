package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.Solver;

/**
 * Makes DL4J's own layers run on oneDNN: convolution, batch normalisation, pooling, activation, zero padding, dense and
 * output layers, depthwise, separable and transposed convolutions, in training and at inference. This library's layers,
 * which use oneDNN anyway, take and give images in its layout then.
 *
 * <pre>{@code
 * ComputationGraph graph = ResNet50.builder().build().init();
 * AccelerationReport report = CpuAcceleration.accelerate(graph);
 * graph.fit(data);
 * }</pre>
 *
 * <p>The network stays DL4J's: configuration, parameters, updater state, listeners and saved files are what they were,
 * and results differ by rounding only. What oneDNN does not cover runs as before, and the report names it. Only the code
 * that computes is replaced, so copies that DL4J makes of a network ({@code clone()}, ParallelWrapper, reading a saved
 * file) have DL4J's own again and want another call.
 *
 * <p>Within one call of {@code fit} or {@code output}, images pass from layer to layer in oneDNN's layout, in arrays of
 * five dimensions. What DL4J hands out is as always: network outputs, {@code feedForward}, and the activations that
 * listeners read.
 */
public final class CpuAcceleration {
    private CpuAcceleration() {}

    /** Accelerates a network in place. Where oneDNN is not available nothing changes, and the report says why. */
    public static AccelerationReport accelerate(ComputationGraph graph) {
        return accelerate(graph, false);
    }

    /**
     * The same for a network that only predicts any more: the weights of convolutions are laid out for oneDNN at the
     * first pass and never again, so parameters must not be changed afterwards. To train it is an error. Activations that
     * the network keeps to itself have memory of its own, as much as the largest batch so far needs.
     */
    public static AccelerationReport accelerateForInference(ComputationGraph graph) {
        return accelerate(graph, true);
    }

    private static AccelerationReport accelerate(ComputationGraph graph, boolean fixed) {
        graph.init();
        Acceleration acceleration = new Acceleration(Arrays.asList(graph.getLayers()), fixed);
        GraphVertex[] vertices = graph.getVertices();
        Map<String, GraphVertex> byName = Internals.get(ComputationGraph.class, "verticesMap", graph);
        List<Node> nodes = nodes(graph, acceleration.format(), fixed);
        acceleration.place(nodes);
        for (int index : graph.topologicalSortOrder()) {
            Node node = nodes.get(index);
            if (vertices[index] instanceof LayerVertex vertex) {
                Layer replacement = acceleration.replacement(node, vertex.getLayer());
                Collections.replaceAll(Arrays.asList(graph.getLayers()), vertex.getLayer(), replacement);
                vertex.setLayer(replacement);
            } else if (!vertices[index].isInputVertex()) {
                vertices[index] = acceleration.replacement(node, graph, vertices[index]);
                byName.put(node.name, vertices[index]);
            }
        }
        if (fixed) {
            new Residuals(graph).join();
            new OwnOutputs(graph).assign();
        } else if (OneDnn.isAvailable()) {
            Solver solver = Internals.get(ComputationGraph.class, "solver", graph);
            FusedDescent.install(solver, graph.getListeners(), graph);
        }
        return acceleration.report();
    }

    private static List<Node> nodes(ComputationGraph graph, CNN2DFormat format, boolean fixed) {
        List<Node> nodes = new ArrayList<>();
        for (GraphVertex vertex : graph.getVertices()) {
            boolean layered = vertex instanceof LayerVertex;
            nodes.add(new Node(
                    vertex.getVertexName(),
                    vertex.isInputVertex() ? null : layered ? vertex.getLayer() : vertex,
                    layered && ((LayerVertex) vertex).getLayerPreProcessor() != null,
                    graph.getConfiguration().getNetworkOutputs().contains(vertex.getVertexName()),
                    format,
                    fixed));
        }
        for (GraphVertex vertex : graph.getVertices()) {
            if (vertex.getInputVertices() != null) {
                for (VertexIndices input : vertex.getInputVertices()) {
                    nodes.get(vertex.getVertexIndex()).reads(nodes.get(input.getVertexIndex()));
                }
            }
        }
        return nodes;
    }

    /** Accelerates a network in place. Where oneDNN is not available nothing changes, and the report says why. */
    public static AccelerationReport accelerate(MultiLayerNetwork network) {
        return accelerate(network, false);
    }

    /** As {@link #accelerateForInference(ComputationGraph)}. */
    public static AccelerationReport accelerateForInference(MultiLayerNetwork network) {
        return accelerate(network, true);
    }

    private static AccelerationReport accelerate(MultiLayerNetwork network, boolean fixed) {
        network.init();
        Layer[] layers = network.getLayers();
        Acceleration acceleration = new Acceleration(Arrays.asList(layers), fixed);
        List<Node> nodes = new ArrayList<>();
        Node previous = new Node("input", null, false, false, acceleration.format(), fixed);
        for (int i = 0; i < layers.length; i++) {
            Node node = new Node(
                    name(layers[i], i),
                    layers[i],
                    network.getLayerWiseConfigurations().getInputPreProcess(i) != null,
                    i == layers.length - 1,
                    acceleration.format(),
                    fixed);
            node.reads(previous);
            nodes.add(node);
            previous = node;
        }
        acceleration.place(nodes);
        Map<String, Layer> byName = Internals.get(MultiLayerNetwork.class, "layerMap", network);
        for (int i = 0; i < layers.length; i++) {
            Layer stock = layers[i];
            Layer replacement = acceleration.replacement(nodes.get(i), stock);
            byName.replaceAll((name, layer) -> layer == stock ? replacement : layer);
            layers[i] = replacement;
        }
        if (!fixed && OneDnn.isAvailable()) {
            Solver solver = Internals.get(MultiLayerNetwork.class, "solver", network);
            FusedDescent.install(solver, network.getListeners(), network);
        }
        return acceleration.report();
    }

    private static String name(Layer layer, int index) {
        String name = layer.conf().getLayer().getLayerName();
        return name == null ? "layer" + index : name;
    }
}
