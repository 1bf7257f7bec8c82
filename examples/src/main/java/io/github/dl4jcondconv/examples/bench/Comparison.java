package io.github.dl4jcondconv.examples.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One piece of work and who does it. Contenders are made when the comparison is run, the rivals after ours.
 *
 * @param suite such as {@code layers}
 * @param name starts with what is measured
 * @param tolerance how far outcomes may differ from ours, relative to the largest value
 * @param baseline what {@link Rival#BASELINE} is, or null
 */
record Comparison(
        String suite, String name, double tolerance, String baseline, Map<Rival, Supplier<Contender>> contenders) {

    static Comparison of(String suite, String name, double tolerance, Supplier<Contender> ours) {
        Map<Rival, Supplier<Contender>> contenders = new EnumMap<>(Rival.class);
        contenders.put(Rival.OURS, ours);
        return new Comparison(suite, name, tolerance, null, contenders);
    }

    /** With one more. */
    Comparison against(Rival rival, Supplier<Contender> contender) {
        contenders.put(rival, contender);
        return this;
    }

    /** With something of its own to compare to. */
    Comparison against(String baselineName, Supplier<Contender> contender) {
        contenders.put(Rival.BASELINE, contender);
        return new Comparison(suite, name, tolerance, baselineName, contenders);
    }
}
