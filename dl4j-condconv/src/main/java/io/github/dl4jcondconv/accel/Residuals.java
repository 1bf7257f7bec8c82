package io.github.dl4jcondconv.accel;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;

/** Finds relu(convolution(x) + shortcut) in an accelerated network that only predicts, and lets one vertex compute it. */
final class Residuals {
    private final ComputationGraph graph;
    private final GraphVertex[] vertices;
    private final List<String> outputs;

    Residuals(ComputationGraph graph) {
        this.graph = graph;
        this.vertices = graph.getVertices();
        this.outputs = graph.getConfiguration().getNetworkOutputs();
    }

    void join() {
        Map<String, GraphVertex> byName = Internals.get(ComputationGraph.class, "verticesMap", graph);
        for (int index : graph.topologicalSortOrder()) {
            if (vertices[index] instanceof LayerVertex relu
                    && relu.getLayer() instanceof OneDnnActivation activation
                    && activation.isPlainRelu()
                    && relu.getLayerPreProcessor() == null
                    && !outputs.contains(relu.getVertexName())
                    && vertices[source(relu, 0)] instanceof OneDnnElementWise sum
                    && sum.isSum()
                    && sum.getInputVertices().length == 2
                    && isAllFor(sum, relu)) {
                join(relu, activation, sum);
                byName.put(relu.getVertexName(), vertices[index]);
            }
        }
    }

    private void join(LayerVertex relu, OneDnnActivation activation, OneDnnElementWise sum) {
        Stream.of(0, 1)
                .filter(i -> vertices[source(sum, i)] instanceof LayerVertex vertex
                        && vertex.getLayer() instanceof OneDnnConvolution convolution
                        && convolution.canWait()
                        && vertex.getLayerPreProcessor() == null
                        && isAllFor(vertex, sum)
                        && OwnOutputs.isOnlyRead(graph, vertices[source(vertex, 0)])
                        && OwnOutputs.isOnlyRead(graph, vertices[source(sum, 1 - i)]))
                .findFirst()
                .ifPresent(i -> {
                    LayerVertex summand = (LayerVertex) vertices[source(sum, i)];
                    OneDnnConvolution convolution = (OneDnnConvolution) summand.getLayer();
                    int shortcut = source(sum, 1 - i);
                    int x = source(summand, 0);
                    ResidualVertex joined =
                            new ResidualVertex(graph, relu, convolution, sum, activation.placement(), shortcut, x);
                    vertices[relu.getVertexIndex()] = joined;
                    addReader(vertices[shortcut], joined, ResidualVertex.SHORTCUT);
                    addReader(vertices[x], joined, ResidualVertex.X);
                    convolution.waitForSum();
                    sum.waitFor(convolution);
                });
    }

    private static int source(GraphVertex vertex, int input) {
        return vertex.getInputVertices()[input].getVertexIndex();
    }

    /** Whether one vertex is all that reads another one. */
    private boolean isAllFor(GraphVertex vertex, GraphVertex reader) {
        VertexIndices[] readers = vertex.getOutputVertices();
        return !outputs.contains(vertex.getVertexName())
                && readers.length == 1
                && readers[0].getVertexIndex() == reader.getVertexIndex();
    }

    private static void addReader(GraphVertex vertex, GraphVertex reader, int input) {
        VertexIndices[] readers = vertex.getOutputVertices();
        VertexIndices[] more = Arrays.copyOf(readers, readers.length + 1);
        more[readers.length] = new VertexIndices(reader.getVertexIndex(), input);
        vertex.setOutputVertices(more);
    }
}
