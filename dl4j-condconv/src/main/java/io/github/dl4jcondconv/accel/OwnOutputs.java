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
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

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

    private final ComputationGraph graph;
    private final GraphVertex[] vertices;
    private final OwnOutput[] outputs;
    private final Deque<SharedMemory> free = new ArrayDeque<>();
    private final RecordedPass pass;
    private Features features;

    /**
     * A layer or vertex that can make use of it. Where it reads its inputs by anything but kernels it calls
     * {@link Recording#catchUp} first.
     */
    interface Maker {
        void setOwnOutput(OwnOutput output);

        /** Whether kernels do all that a pass takes, so that it can be left out where those are recorded. */
        default boolean isAllKernels() {
            return true;
        }

        /** A pass that is left out. */
        default void leaveOut(LayerWorkspaceMgr workspaces) {}
    }

    OwnOutputs(ComputationGraph graph) {
        this.graph = graph;
        this.vertices = graph.getVertices();
        this.outputs = new OwnOutput[vertices.length];
        this.pass = isAllOwn() ? new RecordedPass(graph) : null;
    }

    /** Each output has its memory until the last vertex that reads it has run. */
    void assign() {
        int[] order = graph.topologicalSortOrder();
        int[] position = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            position[order[i]] = i;
        }
        Map<Integer, List<SharedMemory>> lastReadAt = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            GraphVertex vertex = vertices[order[i]];
            if (hasOwnOutput(vertex)) {
                SharedMemory memory = free.isEmpty() ? new SharedMemory() : free.pop();
                assign(vertex, new OwnOutput(memory, sources(vertex), isReadByKernels(vertex)));
                int last = readers(vertex)
                        .mapToInt(reader -> position[reader.getVertexIndex()])
                        .max()
                        .orElseThrow();
                lastReadAt.computeIfAbsent(last, step -> new ArrayList<>()).add(memory);
            } else if (pass != null) {
                assignAround(vertex);
            }
            lastReadAt.getOrDefault(i, List.of()).forEach(free::push);
        }
    }

    private void assign(GraphVertex vertex, OwnOutput output) {
        Maker maker = maker(vertex);
        maker.setOwnOutput(output);
        outputs[vertex.getVertexIndex()] = output;
        if (pass != null) {
            pass.add(output);
        }
        if (vertex instanceof LayerVertex layered && maker != vertex && canBeLeftOut(layered)) {
            boolean first = vertices[vertex.getInputVertices()[0].getVertexIndex()].isInputVertex();
            GraphVertex recorded = new RecordedVertex(graph, layered, maker, output, first ? features : null);
            vertices[vertex.getVertexIndex()] = recorded;
            Map<String, GraphVertex> byName = Internals.get(ComputationGraph.class, "verticesMap", graph);
            byName.put(vertex.getVertexName(), recorded);
        }
    }

    /** Before the first and after the last layer of a {@link RecordedPass}. */
    private void assignAround(GraphVertex vertex) {
        boolean input = vertex.isInputVertex();
        OwnOutput output = new OwnOutput(new SharedMemory(), input ? List.of() : sources(vertex), input);
        outputs[vertex.getVertexIndex()] = output;
        if (input) {
            features = new Features(output, pass);
        } else {
            ((OneDnnOutput) vertex.getLayer()).setOwnOutput(output);
        }
    }

    /** Whether all between the only input, which one layer reads, and the only answer have an output of their own. */
    private boolean isAllOwn() {
        List<GraphVertex> others = Arrays.stream(graph.topologicalSortOrder())
                .mapToObj(index -> vertices[index])
                .filter(vertex -> !hasOwnOutput(vertex))
                .toList();
        return others.size() == 2
                && others.get(0).isInputVertex()
                && others.get(1).hasLayer()
                && others.get(1).getLayer() instanceof OneDnnOutput
                && readers(others.get(0)).count() == 1
                && readers(others.get(0))
                        .allMatch(reader ->
                                reader instanceof LayerVertex layered && hasOwnOutput(reader) && canBeLeftOut(layered));
    }

    private boolean hasOwnOutput(GraphVertex vertex) {
        return maker(vertex) != null && !isReturned(vertex) && isOnlyRead(graph, vertex);
    }

    private static boolean canBeLeftOut(LayerVertex vertex) {
        return vertex.getLayerPreProcessor() == null && maker(vertex).isAllKernels();
    }

    private static Maker maker(GraphVertex vertex) {
        if (vertex instanceof Maker maker) {
            return maker;
        }
        return vertex instanceof LayerVertex && vertex.getLayer() instanceof Maker maker ? maker : null;
    }

    private Stream<GraphVertex> readers(GraphVertex vertex) {
        return readers(graph, vertex);
    }

    private static Stream<GraphVertex> readers(ComputationGraph graph, GraphVertex vertex) {
        return Arrays.stream(vertex.getOutputVertices()).map(reader -> graph.getVertices()[reader.getVertexIndex()]);
    }

    private List<OwnOutput> sources(GraphVertex vertex) {
        VertexIndices[] read =
                vertex instanceof ResidualVertex residual ? residual.summands() : vertex.getInputVertices();
        return Arrays.stream(read)
                .map(source -> outputs[source.getVertexIndex()])
                .toList();
    }

    private boolean isReturned(GraphVertex vertex) {
        return graph.getConfiguration().getNetworkOutputs().contains(vertex.getVertexName())
                || vertex.getOutputVertices() == null;
    }

    /** Whether all that read it compute by kernels, and see to it that those have run where they do not. */
    private boolean isReadByKernels(GraphVertex vertex) {
        return readers(vertex)
                .allMatch(reader -> reader instanceof LayerVertex layered
                        ? layered.getLayerPreProcessor() == null && catchesUp(layered.getLayer())
                        : reader instanceof Maker);
    }

    private static boolean catchesUp(Layer layer) {
        return layer instanceof Maker || layer instanceof OneDnnDense || layer instanceof OneDnnOutput;
    }

    /** Whether no vertex writes to what it reads of another one, as some of DL4J's do. */
    static boolean isOnlyRead(ComputationGraph graph, GraphVertex vertex) {
        return readers(graph, vertex)
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
