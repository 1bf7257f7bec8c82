package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.onednn.Recording;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;

/** Gives the layers of an accelerated network that only predicts memory of its own for their outputs. */
final class OwnOutputs {
    private static final Set<Class<? extends Layer>> READERS = Set.of(
            OneDnnConvolution.class,
            OneDnnLayer.class,
            OneDnnBatchNormalization.class,
            OneDnnSubsampling.class,
            OneDnnGlobalPooling.class,
            OneDnnZeroPadding.class,
            OneDnnDense.class,
            OneDnnOutput.class);

    private final Deque<SharedMemory> free = new ArrayDeque<>();

    /**
     * A layer or vertex that can make use of it. Where it reads its inputs by anything but kernels it calls
     * {@link Recording#catchUp} first.
     */
    interface Maker {
        void setOwnOutput(OwnOutput output);
    }

    /** Each output has its memory until the last vertex that reads it has run. */
    void assign(ComputationGraph graph) {
        GraphVertex[] vertices = graph.getVertices();
        int[] order = graph.topologicalSortOrder();
        int[] position = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            position[order[i]] = i;
        }
        OwnOutput[] outputs = new OwnOutput[order.length];
        Map<Integer, List<SharedMemory>> lastReadAt = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            GraphVertex vertex = vertices[order[i]];
            if (maker(vertex) != null && !isReturned(graph, vertex) && isOnlyRead(graph, vertex)) {
                SharedMemory memory = take();
                outputs[order[i]] = new OwnOutput(memory, sources(vertex, outputs), isReadByKernels(graph, vertex));
                maker(vertex).setOwnOutput(outputs[order[i]]);
                int last = Arrays.stream(vertex.getOutputVertices())
                        .mapToInt(reader -> position[reader.getVertexIndex()])
                        .max()
                        .orElseThrow();
                lastReadAt.computeIfAbsent(last, step -> new ArrayList<>()).add(memory);
            }
            lastReadAt.getOrDefault(i, List.of()).forEach(free::push);
        }
    }

    private SharedMemory take() {
        return free.isEmpty() ? new SharedMemory() : free.pop();
    }

    private static Maker maker(GraphVertex vertex) {
        if (vertex instanceof Maker maker) {
            return maker;
        }
        return vertex instanceof LayerVertex && vertex.getLayer() instanceof Maker maker ? maker : null;
    }

    private static List<OwnOutput> sources(GraphVertex vertex, OwnOutput[] outputs) {
        VertexIndices[] read =
                vertex instanceof ResidualVertex residual ? residual.summands() : vertex.getInputVertices();
        return Arrays.stream(read)
                .map(source -> outputs[source.getVertexIndex()])
                .toList();
    }

    private static boolean isReturned(ComputationGraph graph, GraphVertex vertex) {
        return graph.getConfiguration().getNetworkOutputs().contains(vertex.getVertexName())
                || vertex.getOutputVertices() == null;
    }

    /** Whether all that read it compute by kernels, and see to it that those have run where they do not. */
    private static boolean isReadByKernels(ComputationGraph graph, GraphVertex vertex) {
        return Arrays.stream(vertex.getOutputVertices())
                .map(reader -> graph.getVertices()[reader.getVertexIndex()])
                .allMatch(reader -> reader instanceof LayerVertex layered
                        ? layered.getLayerPreProcessor() == null && catchesUp(layered.getLayer())
                        : reader instanceof Maker);
    }

    private static boolean catchesUp(Layer layer) {
        return layer instanceof Maker || layer instanceof OneDnnDense || layer instanceof OneDnnOutput;
    }

    /** Whether no vertex writes to what it reads of another one, as some of DL4J's do. */
    static boolean isOnlyRead(ComputationGraph graph, GraphVertex vertex) {
        return Arrays.stream(vertex.getOutputVertices())
                .map(reader -> graph.getVertices()[reader.getVertexIndex()])
                .allMatch(reader -> reader instanceof OneDnnElementWise
                        || reader instanceof LayerVertex && onlyReads(reader.getLayer()));
    }

    /** Whether a layer neither writes to what it reads nor returns a part of it. */
    private static boolean onlyReads(Layer layer) {
        return layer instanceof OneDnnActivation activation
                ? activation.isPlainRelu()
                : READERS.contains(layer.getClass());
    }
}
