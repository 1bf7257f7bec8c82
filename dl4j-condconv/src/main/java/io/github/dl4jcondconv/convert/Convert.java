package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.fusion.NetworkDraft;
import io.github.dl4jcondconv.layers.Convolution2DBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Replaces the convolutions of a network by blocks of this library.
 *
 * <pre>
 * Conversion&lt;ComputationGraph&gt; acnet = Convert.to(AsymmetricConvBlock.Builder::new).convert(graph);
 * acnet.network().fit(images);
 *
 * Convert.to(() -&gt; new CondConv2D.Builder().numExperts(4)).from("conv4").convert(configuration);
 * </pre>
 *
 * <p>What a block has in common with a convolution (kernel size, channels, stride, padding, dilation, mode, data format,
 * activation, weight initialisation, updaters, regularisation, dropout, gradient normalisation, preprocessor) is taken
 * from the convolution; the builder says the rest. WeightNetConv2D keeps its own weight initialisation. Replaced are
 * layers of exactly DL4J's ConvolutionLayer, and by default
 *
 * <ul>
 *   <li>by AsymmetricConvBlock those with a square window k x k, 1 &lt; k &lt; 7, as the paper does (Ding et al., ICCV 2019,
 *       section 4). A BatchNormalization that follows goes into the block, which then bears the normalisation's name
 *   <li>by CondConv2D and WeightNetConv2D all. A BatchNormalization that follows stays
 * </ul>
 *
 * <p>A trained network keeps its weights, and the new one answers at inference as it did, up to rounding:
 *
 * <ul>
 *   <li>AsymmetricConvBlock: the square branch has the kernel and the normalisation with its statistics. The other
 *       branches are fresh and their gammas 0, whatever the builder's gammaInit, so that training lets them in. In
 *       training, too, such a block starts as the convolution did if there was a normalisation to take in; if not, its own
 *       one normalises from the first step on
 *   <li>CondConv2D: every expert has the kernel over the sum of the routing weights. Softmax's sum to 1; the sigmoids'
 *       are made to sum to E/2 for every image, by giving experts opposite logits in pairs (an odd one starts at 1/2), so
 *       that experts start equal but are routed differently and grow apart
 *   <li>WeightNetConv2D: the same with the M/G gates of each group
 * </ul>
 *
 * What is fresh is drawn after seeding ND4J's generator with the network's seed, as {@code init()} does.
 *
 * <p>The given network is not touched and shares nothing with the new one. The updater's state is not kept.
 */
public final class Convert {
    private final Target target;
    private final Selection selection;

    private Convert(Target target, Selection selection) {
        this.target = target;
        this.selection = selection;
    }

    /**
     * A conversion to the block that {@code template} builds.
     *
     * @param template makes a new builder for each convolution: of AsymmetricConvBlock, CondConv2D or WeightNetConv2D
     * @throws IllegalArgumentException if it builds another layer, if an option of it is bad, or if the layer needs a
     *     second input
     */
    public static Convert to(Supplier<? extends Convolution2DBlock.Builder<?>> template) {
        return new Convert(Target.of(template), Selection.ALL);
    }

    /**
     * Replaces these convolutions only, whatever the size of their window.
     *
     * @param vertices names; {@code convert} fails if one of them is not there or cannot be replaced
     */
    public Convert layers(String... vertices) {
        return new Convert(target, selection.named(List.of(vertices)));
    }

    /**
     * Replaces only convolutions that a predicate chooses, by the name of their vertex and a copy of their configuration,
     * whatever the size of their window.
     */
    public Convert where(BiPredicate<String, ConvolutionLayer> chosen) {
        return new Convert(target, selection.where(chosen));
    }

    /**
     * Replaces only convolutions from a depth on, where the depth of a vertex is the largest number of convolutions on a
     * way from an input of the network.
     *
     * @param vertex the first vertex, of any kind: convolutions as deep as it or deeper are replaced
     */
    public Convert from(String vertex) {
        return new Convert(target, selection.from(vertex));
    }

    /**
     * Converts a configuration; there are no weights to keep.
     *
     * @throws IllegalArgumentException if a vertex that was named is not there or cannot be replaced
     */
    public Conversion<ComputationGraphConfiguration> convert(ComputationGraphConfiguration configuration) {
        NetworkDraft draft = NetworkDraft.of(configuration);
        ConversionReport report = replaceAll(draft, new Replacing(draft, target, false));
        return new Conversion<>(draft.configuration(), report);
    }

    /**
     * Converts a network and keeps its weights.
     *
     * @throws IllegalArgumentException if the network is not initialised, or a vertex that was named is not there or cannot
     *     be replaced
     */
    @SuppressWarnings("try")
    public Conversion<ComputationGraph> convert(ComputationGraph graph) {
        requireInitialised(graph.getVertices() != null);
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Nd4j.getRandom().setSeed(graph.conf().getSeed());
            NetworkDraft draft = NetworkDraft.of(graph);
            ConversionReport report = replaceAll(draft, new Replacing(draft, target, true));
            return new Conversion<>(draft.build(), report);
        }
    }

    /**
     * Converts a network of layers in a row to a graph, whose vertices bear the layers' numbers, and keeps its weights.
     *
     * @throws IllegalArgumentException as for a graph
     */
    public Conversion<ComputationGraph> convert(MultiLayerNetwork network) {
        requireInitialised(network.isInitCalled());
        return convert(network.toComputationGraph());
    }

    private static void requireInitialised(boolean initialised) {
        if (!initialised) {
            throw new IllegalArgumentException("cannot convert: the network is not initialised; call init() first");
        }
    }

    private ConversionReport replaceAll(NetworkDraft draft, Replacing replacing) {
        requireThere(draft);
        List<String> chosen = new ArrayList<>();
        // all are chosen before the first is replaced: depths are those of the given network
        for (String vertex : draft.topologicalOrder()) {
            if (draft.layer(vertex) instanceof ConvolutionLayer convolution) {
                Optional<String> objection =
                        selection.objection(draft, vertex).or(() -> cannotBeReplaced(draft, vertex, convolution));
                objection.ifPresentOrElse(reason -> replacing.leave(vertex, reason), () -> chosen.add(vertex));
            }
        }
        chosen.forEach(replacing::replace);
        return replacing.report();
    }

    private Optional<String> cannotBeReplaced(NetworkDraft draft, String vertex, ConvolutionLayer convolution) {
        Optional<String> objection =
                Original.objection(draft, vertex).or(() -> target.objection(convolution, selection.isExplicit()));
        if (objection.isPresent() && selection.named().contains(vertex)) {
            throw new IllegalArgumentException("cannot convert vertex \"" + vertex + "\": " + objection.get());
        }
        return objection;
    }

    private void requireThere(NetworkDraft draft) {
        for (String vertex : selection.mentioned()) {
            if (!draft.has(vertex)) {
                throw new IllegalArgumentException("cannot convert: the network has no vertex \"" + vertex + "\"");
            }
        }
        for (String vertex : selection.named()) {
            if (!(draft.layer(vertex) instanceof ConvolutionLayer)) {
                throw new IllegalArgumentException("cannot convert vertex \"" + vertex + "\": a "
                        + draft.className(vertex) + ", not a ConvolutionLayer");
            }
        }
    }
}
