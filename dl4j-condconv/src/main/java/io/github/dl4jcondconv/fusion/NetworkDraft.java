package io.github.dl4jcondconv.fusion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An editable copy of a network: configurations of vertices, their inputs, their parameters. It shares nothing with the
 * network it was drawn from: the configuration went through JSON, so that layers, updaters and arrays that vertices of
 * the given graph share are separate here, and parameters are replaced, never written to.
 *
 * <p>Layers are seen without their Frozen wrapper; {@link #build} puts it back. Every edit keeps the invariant that a
 * vertex computes what the vertex of that name computed before.
 *
 * <p>For the packages of this library that rewrite networks; not meant for others.
 */
public final class NetworkDraft extends NetworkView {
    private final Map<String, Freeze> freezes = new HashMap<>();
    private final Map<String, Origin> origins = new HashMap<>();

    private NetworkDraft(ComputationGraphConfiguration conf) {
        super(conf);
    }

    public static NetworkDraft of(ComputationGraph graph) {
        NetworkDraft draft = of(graph.getConfiguration());
        draft.parameters.replaceAll(
                (name, none) -> new LinkedHashMap<>(graph.getVertex(name).paramTable(false)));
        return draft;
    }

    /** A network without parameters. */
    public static NetworkDraft of(ComputationGraphConfiguration configuration) {
        NetworkDraft draft = new NetworkDraft(ComputationGraphConfiguration.fromJson(configuration.toJson()));
        draft.conf.getVertices().forEach((name, vertex) -> {
            draft.origins.put(name, Origin.untouched(name));
            draft.parameters.put(name, new LinkedHashMap<>());
            if (vertex instanceof LayerVertex v) {
                Layer layer = v.getLayerConf().getLayer();
                draft.freezes.put(name, Freeze.of(layer));
                v.getLayerConf().setLayer(Freeze.thaw(layer));
                // a layer object that several vertices share bears the name of the last one
                draft.layer(name).setLayerName(name);
            }
        });
        return draft;
    }

    /** Whether a layer is kept from training. */
    public boolean isFrozen(String name) {
        return freezes.getOrDefault(name, Freeze.NONE) != Freeze.NONE;
    }

    Origin origin(String name) {
        return origins.get(name);
    }

    /** Notes that a rule had a part in making a vertex. */
    void credit(String name, String rule) {
        origins.computeIfPresent(name, (ignored, origin) -> origin.by(rule));
    }

    /** What rules made of the vertices that are there, in topological order. */
    List<FusionAction> made() {
        return topologicalOrder().stream()
                .filter(name -> !origin(name).rules().isEmpty())
                .map(name -> new FusionAction(
                        name, origin(name).vertices(), origin(name).rules(), className(name)))
                .toList();
    }

    /** Replaces a layer and its parameters; they may be of any floating point type until {@link #build}. */
    public void replace(String name, Layer layer, Map<String, INDArray> newParameters) {
        layerVertex(name).getLayerConf().setLayer(layer);
        layer.setLayerName(name);
        parameters.put(name, newParameters);
    }

    /**
     * Makes one layer of several vertices. It gets the name and the consumers of {@code last} and reads what the first of
     * {@code parts} reads. Nothing but each other and {@code last} may read the parts, which end. The caller has seen to it
     * that the layer computes what {@code last} computed.
     *
     * <p>The layer is frozen if everything with parameters that it was made of was.
     */
    void fuse(List<String> parts, String last, Layer layer, Map<String, INDArray> newParameters) {
        String place = layer(parts.get(0)) == null ? last : parts.get(0);
        List<String> inputs = inputs(parts.get(0));
        List<String> all = new ArrayList<>(parts);
        all.add(last);
        freezes.put(last, freezeOf(all));
        origins.put(last, all.stream().map(this::origin).reduce(Origin::and).orElseThrow());
        conf.getVertices().put(last, layerVertex(place));
        conf.getVertexInputs().put(last, inputs);
        replace(last, layer, newParameters);
        parts.forEach(this::remove);
    }

    /** Puts a vertex without a layer in the place of two such in a row, under the name of the second. */
    void fuse(String first, String second, GraphVertex vertex) {
        origins.put(second, origin(first).and(origin(second)));
        conf.getVertices().put(second, vertex);
        conf.getVertexInputs().put(second, inputs(first));
        remove(first);
    }

    /**
     * Moves what a vertex computes into the layer that reads it and others concatenated: the layer gets parameters that
     * bring it about, and the vertex ends. The value of the concatenation is another one now, and so is its name.
     */
    void fuseBehind(String name, String merge, String layer, Map<String, INDArray> newParameters) {
        freezes.put(layer, freezeOf(List.of(name, layer)));
        origins.put(layer, origin(name).and(origin(layer)));
        replace(layer, layer(layer), newParameters);
        bypass(name);
        renameAsNew(merge);
    }

    /**
     * Moves what a vertex computes into the layers that a MergeVertex concatenates for it: they get parameters that bring
     * it about, and the MergeVertex the name of the vertex, which ends. The layers' values are others now, and so are their
     * names.
     */
    void fuseAhead(Map<String, Map<String, INDArray>> layers, String merge, String name, String rule) {
        layers.forEach((layer, newParameters) -> {
            freezes.put(layer, freezeOf(List.of(layer, name)));
            origins.put(layer, origin(layer).and(origin(name)).by(rule));
            replace(layer, layer(layer), newParameters);
            renameAsNew(layer);
        });
        rename(merge, name);
    }

    /** Gives a vertex, whose value is no longer that of the vertex of its name in the given network, another name. */
    private void renameAsNew(String name) {
        if (!origin(name).vertices().contains(name)) {
            return;
        }
        String other = name + "-fused";
        while (has(other) || isNetworkInput(other)) {
            other += "-fused";
        }
        origins.put(other, origin(name));
        rewire(name, other);
        rename(name, other);
    }

    private Freeze freezeOf(List<String> parts) {
        List<Freeze> trained = parts.stream()
                .filter(part -> !parameters.get(part).isEmpty())
                .map(freezes::get)
                .toList();
        return trained.isEmpty() || trained.contains(Freeze.NONE) ? Freeze.NONE : trained.get(0);
    }

    /** Gives a vertex, which computes what its only consumer computes, the consumer's name; the consumer ends. */
    void rename(String name, String consumer) {
        GraphVertex vertex = vertex(name);
        conf.getVertices().put(consumer, vertex);
        conf.getVertexInputs().put(consumer, inputs(name));
        parameters.put(consumer, parameters.get(name));
        freezes.put(consumer, freezes.get(name));
        origins.put(consumer, origin(name).and(origin(consumer)));
        if (layer(name) != null) {
            layer(name).setLayerName(consumer);
        }
        remove(name);
    }

    /** Takes a vertex out whose value is that of its only input: its consumers read the input. */
    void bypass(String name) {
        rewire(name, input(name));
        remove(name);
    }

    private void rewire(String from, String to) {
        conf.getVertexInputs().replaceAll((consumer, inputs) -> {
            List<String> rewired = new ArrayList<>(inputs);
            Collections.replaceAll(rewired, from, to);
            return rewired;
        });
    }

    private void remove(String name) {
        conf.getVertices().remove(name);
        conf.getVertexInputs().remove(name);
        parameters.remove(name);
        freezes.remove(name);
        origins.remove(name);
    }

    /** The configuration this draft describes; ends the draft. */
    public ComputationGraphConfiguration configuration() {
        conf.setTopologicalOrder(null);
        conf.setTopologicalOrderStr(null);
        conf.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex v) {
                v.getLayerConf().clearVariables();
                v.getLayerConf().setLayer(freezes.get(name).freeze(layer(name)));
            }
        });
        return conf;
    }

    /** The network this draft describes, initialised with its parameters cast to the network's type; ends the draft. */
    public ComputationGraph build() {
        ComputationGraph graph = new ComputationGraph(configuration());
        long length = conf.getVertices().values().stream()
                .mapToLong(vertex -> vertex.numParams(true))
                .sum();
        // with an array of our own init() neither draws random numbers nor reseeds ND4J's generator
        graph.init(length == 0 ? null : Nd4j.create(conf.getDataType(), 1, length), false);
        parameters.forEach((name, table) -> {
            Map<String, INDArray> views = graph.getVertex(name).paramTable(false);
            table.forEach((key, value) ->
                    views.get(key).assign(value.reshape(views.get(key).shape())));
        });
        return graph;
    }

    private LayerVertex layerVertex(String name) {
        return (LayerVertex) vertex(name);
    }
}
