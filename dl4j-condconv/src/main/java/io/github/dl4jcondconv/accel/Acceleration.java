package io.github.dl4jcondconv.accel;

import io.github.dl4jcondconv.engine.KernelLayer;
import io.github.dl4jcondconv.onednn.OneDnn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.util.ConvolutionUtils;

/** Replaces the layers of one network, each after those that it reads. */
final class Acceleration {
    private final boolean fixed;
    private final Set<CNN2DFormat> formats;
    private final Map<Node, Object> replacements = new HashMap<>();
    private final List<String> accelerated = new ArrayList<>();
    private final Map<String, String> left = new LinkedHashMap<>();
    private Places places;

    /** @param fixed whether the network only predicts any more */
    Acceleration(List<Layer> layers, boolean fixed) {
        this.fixed = fixed;
        List<Layer> inside =
                layers.stream().map(layer -> (Layer) Frozen.inside(layer)).toList();
        this.formats = inside.stream()
                .filter(layer -> !(layer instanceof KernelLayer))
                .map(layer -> layer.conf().getLayer())
                .filter(conf -> conf instanceof org.deeplearning4j.nn.conf.layers.ConvolutionLayer
                        || conf instanceof org.deeplearning4j.nn.conf.layers.SubsamplingLayer
                        || ConvolutionUtils.layerHasConvolutionLayout(conf))
                .map(ConvolutionUtils::getFormatForLayer)
                .collect(Collectors.toSet());
        inside.forEach(layer -> {
            if (layer instanceof KernelLayer own && own.hasImageKernels()) {
                formats.add(own.imageFormat());
            }
        });
    }

    /** The format of the network's images; one of both where they differ. */
    CNN2DFormat format() {
        return formats.contains(CNN2DFormat.NHWC) ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    void place(List<Node> nodes) {
        // DL4J transposes images by itself where two formats meet
        places = new Places(nodes, fixed, format(), formats.size() < 2);
    }

    /** What takes the place of a vertex that is no layer: itself where it cannot get blocked images. */
    GraphVertex replacement(Node node, ComputationGraph graph, GraphVertex stock) {
        if (!OneDnn.isAvailable() || node.inputs.stream().noneMatch(places::isBlocked)) {
            return stock;
        }
        if (node.isElementWise()) {
            OneDnnElementWise replacement =
                    new OneDnnElementWise(graph, (ElementWiseVertex) node.content, places.of(node));
            replacements.put(node, replacement);
            return Frozen.like(stock, replacement);
        }
        return node.isMerge()
                ? Frozen.like(stock, new OneDnnMerge(graph, (MergeVertex) node.content, places.of(node)))
                : stock;
    }

    /**
     * What takes the place of a layer: itself where it runs as before.
     *
     * @param original the layer, perhaps in a wrapper that freezes it
     */
    Layer replacement(Node node, Layer original) {
        Layer stock = (Layer) node.content;
        Layer replacement = replacement(node);
        if (replacement == stock) {
            return original;
        }
        // What only predicts needs nothing to be frozen
        return fixed ? replacement : Frozen.like(original, replacement);
    }

    private Layer replacement(Node node) {
        Layer stock = (Layer) node.content;
        String reason = reason(stock);
        if (reason != null) {
            left.put(node.name, reason);
            return stock;
        }
        if (stock instanceof KernelLayer own) {
            own.setSurroundings(places.of(node));
            accelerated.add(node.name);
            return stock;
        }
        Object before = node.inputs.size() == 1 ? replacements.get(node.inputs.get(0)) : null;
        Layer replacement = Kind.of(stock).orElseThrow().accelerated(stock, places.of(node), before);
        if (!(replacement instanceof OneDnnLayer)) {
            moveState(stock, replacement);
        }
        replacements.put(node, replacement);
        accelerated.add(node.name);
        return replacement;
    }

    private String reason(Layer stock) {
        if (!OneDnn.isAvailable()) {
            return "oneDNN: " + OneDnn.status();
        }
        if (stock instanceof KernelLayer) {
            return OwnLayers.whyNot(stock);
        }
        return Kind.of(stock)
                .map(kind -> kind.whyNot(stock, format(), fixed))
                .orElse(Kind.of(stock).isPresent() ? null : stock.getClass().getSimpleName() + " is not covered");
    }

    private static void moveState(Layer from, Layer to) {
        if (!from.paramTable().isEmpty()) {
            to.setParamsViewArray(from.params());
            to.setParamTable(from.paramTable());
            if (from.getGradientsViewArray() != null) {
                to.setBackpropGradientsViewArray(from.getGradientsViewArray());
            }
        }
        to.setIndex(from.getIndex());
        to.setListeners(((AbstractLayer<?>) from).getTrainingListeners());
        to.setIterationCount(from.getIterationCount());
        to.setEpochCount(from.getEpochCount());
        to.allowInputModification(((AbstractLayer<?>) from).isInputModificationAllowed());
    }

    AccelerationReport report() {
        return new AccelerationReport(accelerated, left);
    }
}
