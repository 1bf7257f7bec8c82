package io.github.dl4jcondconv.examples.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a comparison showed.
 *
 * @param milliseconds the median of each contender that ran
 * @param failures why the others did not
 */
record Result(Comparison comparison, Map<Rival, Double> milliseconds, Map<Rival, String> failures) {

    /** Our time over the rival's, or null. */
    Double ratio(Rival rival) {
        Double ours = milliseconds.get(Rival.OURS);
        Double theirs = milliseconds.get(rival);
        return ours == null || theirs == null ? null : ours / theirs;
    }

    /** The fields of the JSON object. */
    Map<String, Object> json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("suite", comparison.suite());
        fields.put("name", comparison.name());
        for (Rival rival : Rival.values()) {
            fields.put(rival.key() + "_ms", milliseconds.get(rival));
        }
        for (Rival rival : Rival.values()) {
            if (rival != Rival.OURS) {
                fields.put("ours_to_" + rival.key(), ratio(rival));
            }
        }
        fields.put("baseline", comparison.baseline());
        failures.forEach((rival, reason) -> fields.put(rival.key() + "_failure", reason));
        return fields;
    }
}
