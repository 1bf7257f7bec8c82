package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.fusion.NetworkDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;

/**
 * Which convolutions the user wants replaced: those that pass every test.
 *
 * @param named the only ones, if any are named
 * @param starts vertices that they must not come before
 * @param predicates that must hold for their names and configurations
 */
record Selection(List<String> named, List<String> starts, List<BiPredicate<String, ConvolutionLayer>> predicates) {

    static final Selection ALL = new Selection(List.of(), List.of(), List.of());

    Selection named(List<String> vertices) {
        return new Selection(vertices, starts, predicates);
    }

    Selection from(String start) {
        return new Selection(named, and(starts, start), predicates);
    }

    Selection where(BiPredicate<String, ConvolutionLayer> predicate) {
        return new Selection(named, starts, and(predicates, predicate));
    }

    private static <T> List<T> and(List<T> some, T one) {
        List<T> all = new ArrayList<>(some);
        all.add(one);
        return all;
    }

    /** Whether the user has pointed at layers, not only said from where on. */
    boolean isExplicit() {
        return !named.isEmpty() || !predicates.isEmpty();
    }

    /** All vertices that the user mentioned. */
    List<String> mentioned() {
        List<String> all = new ArrayList<>(named);
        all.addAll(starts);
        return all;
    }

    /** Why a convolution is not wanted; empty if it is. */
    Optional<String> objection(NetworkDraft draft, String vertex) {
        if (!named.isEmpty() && !named.contains(vertex)) {
            return Optional.of("not among the layers named");
        }
        Depths depths = new Depths(draft);
        for (String start : starts) {
            if (depths.of(vertex) <= depths.before(start)) {
                return Optional.of("before \"" + start + "\"");
            }
        }
        ConvolutionLayer copy = ((ConvolutionLayer) draft.layer(vertex)).clone();
        return predicates.stream().allMatch(predicate -> predicate.test(vertex, copy))
                ? Optional.empty()
                : Optional.of("not chosen by the predicate");
    }
}
