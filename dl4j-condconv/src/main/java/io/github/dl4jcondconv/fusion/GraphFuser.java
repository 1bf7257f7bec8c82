package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.fusion.FusionRule.Fused;
import io.github.dl4jcondconv.fusion.FusionRule.Outcome;
import io.github.dl4jcondconv.fusion.FusionRule.Removed;
import io.github.dl4jcondconv.fusion.FusionRule.Stays;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rewrites a trained network into a smaller one with the same answers at inference:
 *
 * <ul>
 *   <li>BatchNormalization, scale and shift vertices vanish into the convolution (plain, depthwise, separable,
 *       transposed), dense layer, CondConv, WeightNet or masked convolution before them, or, where nothing before takes
 *       them in, into the convolution or dense layer after them, also behind a MergeVertex
 *   <li>AsymmetricConvBlock becomes one stock convolution, and so do parallel branches of stock layers that are added:
 *       convolutions, averages, normalised and plain identities
 *   <li>a 1 x 1 convolution and its neighbour become one, unless that would cost more multiply-adds
 *   <li>CondConv2D with a router that ignores its input becomes a stock convolution
 *   <li>activation layers move into the layer before, zero padding into the convolution after; dropout and noise go
 * </ul>
 *
 * <p>The given network is not touched, and shares no array and no configuration object with the result. What is fused is
 * exact: up to rounding, the result answers as the given network does with {@code training = false}, which {@link
 * FusionResult#verify} measures. Folding is computed in double precision and rounded once to the network's type.
 * A BatchNormalization or a sum of branches that cannot be folded exactly stays and is in the report with the reason.
 *
 * <p>Names: a vertex of the fused network computes the same value as the vertex of that name in the given one; only the
 * positions that a masked convolution leaves out may differ, where nothing sees them. So a convolution that took in a
 * BatchNormalization and an activation layer bears the activation layer's name. Where a normalisation moves through a
 * MergeVertex, the values in between become others, and "-fused" is added to their names. Inputs and outputs keep their
 * names and order.
 *
 * <p>The result keeps data type, workspace modes, updaters, regularisation, iteration and epoch counts and can be saved
 * and trained on. It starts with a fresh updater state (momentum and the like belonged to other parameters), without
 * listeners, and without what only training sees in the layers that vanished. A layer stays frozen if all it was made of
 * was frozen.
 *
 * <p>Masks: where a mask excludes an example or time step from a dense layer, the values at the excluded place may
 * differ, since DL4J zeroes them after each dense and dropout layer but not after BatchNormalization.
 */
public final class GraphFuser {
    static final List<FusionRule> RULES = List.of(
            new RemoveIdentity(),
            new FuseAsymmetricConvBlock(),
            new FixConstantRouter(),
            new FoldIntoLayerBefore(),
            new FoldIntoLayerAfter(),
            new FoldThroughMerge(),
            new MergeAffine(),
            new FoldZeroPadding(),
            new ComposeOneByOne(),
            new SumBranches(),
            new AbsorbActivation());

    private GraphFuser() {}

    /**
     * Fuses everything that can be fused exactly.
     *
     * @param graph an initialised network; it is not changed
     * @param inputs one type for each input of the network, for the multiply-adds in the report; without them they are
     *     reported only where the configuration tells the input's size
     * @return the new network and a report
     * @throws IllegalArgumentException if the network is not initialised or has recurrent layers, or a parameter is not
     *     finite or a variance not positive, naming the vertex and the parameter
     */
    public static FusionResult fuse(ComputationGraph graph, InputType... inputs) {
        return fuse(RULES, graph, inputs);
    }

    @SuppressWarnings("try")
    static FusionResult fuse(List<FusionRule> rules, ComputationGraph graph, InputType... inputs) {
        Fusible.require(graph);
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            NetworkSize before = NetworkSize.of(graph, inputs);
            NetworkDraft draft = NetworkDraft.of(graph);
            List<FusionAction> actions = new ArrayList<>();
            Map<String, String> stayed = applyToFixedPoint(rules, draft, actions);
            actions.addAll(draft.made());
            ComputationGraph fused = draft.build();
            return new FusionResult(
                    graph, fused, new FusionReport(actions, stayed, before, NetworkSize.of(fused, inputs)));
        }
    }

    /** Applies rules until none applies any more; returns why they did not, by vertex. */
    private static Map<String, String> applyToFixedPoint(
            List<FusionRule> rules, NetworkDraft draft, List<FusionAction> removed) {
        Map<String, String> stayed = new LinkedHashMap<>();
        boolean changed;
        do {
            changed = false;
            stayed.clear();
            for (String vertex : draft.topologicalOrder()) {
                for (FusionRule rule : rules) {
                    changed |= draft.has(vertex) && apply(rule, draft, vertex, removed, stayed);
                }
            }
        } while (changed);
        return stayed;
    }

    private static boolean apply(
            FusionRule rule,
            NetworkDraft draft,
            String vertex,
            List<FusionAction> removed,
            Map<String, String> stayed) {
        Origin origin = draft.origin(vertex);
        Outcome outcome = outcome(rule, draft, vertex);
        if (outcome instanceof Stays s) {
            stayed.merge(vertex, s.reason(), (a, b) -> a + "; " + b);
        } else if (outcome instanceof Removed) {
            removed.add(new FusionAction(vertex, origin.vertices(), List.of(rule.name()), "removed"));
        } else if (outcome instanceof Fused f) {
            draft.credit(f.vertex(), rule.name());
        }
        return outcome instanceof Fused || outcome instanceof Removed;
    }

    private static Outcome outcome(FusionRule rule, NetworkDraft draft, String vertex) {
        try {
            return rule.apply(draft, vertex);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot fuse vertex \"" + vertex + "\": " + e.getMessage(), e);
        }
    }
}
