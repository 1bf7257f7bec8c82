package io.github.dl4jcondconv.zoo;

import java.util.Arrays;
import java.util.function.DoublePredicate;

/**
 * Which width multipliers a network has.
 *
 * @param allowed whether it has one
 * @param description the same in words, to follow "allowed: "
 */
record Widths(DoublePredicate allowed, String description) {
    /** No choice. */
    static final Widths ONE = of(1);

    /** These and no others. */
    static Widths of(double... values) {
        String all = String.join(
                ", ", Arrays.stream(values).mapToObj(Double::toString).toList());
        return new Widths(width -> Arrays.stream(values).anyMatch(v -> v == width), all);
    }

    /** Any from {@code least} to {@code most}. */
    static Widths between(double least, double most) {
        return new Widths(width -> width >= least && width <= most, least + " to " + most);
    }
}
