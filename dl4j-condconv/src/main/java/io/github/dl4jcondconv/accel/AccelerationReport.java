package io.github.dl4jcondconv.accel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which layers of a network run on oneDNN.
 *
 * @param accelerated the layers that do
 * @param left the layers that run as before, each with the reason
 */
public record AccelerationReport(List<String> accelerated, Map<String, String> left) {

    public AccelerationReport {
        accelerated = List.copyOf(accelerated);
        left = Collections.unmodifiableMap(new LinkedHashMap<>(left));
    }

    /** One line for the accelerated layers and one for each reason. */
    @Override
    public String toString() {
        Map<String, List<String>> reasons = new TreeMap<>();
        left.forEach((layer, reason) ->
                reasons.computeIfAbsent(reason, r -> new ArrayList<>()).add(layer));
        StringBuilder text = new StringBuilder(
                "%d of %d layers run on oneDNN".formatted(accelerated.size(), accelerated.size() + left.size()));
        reasons.forEach(
                (reason, layers) -> text.append("%nas before, %s: %s".formatted(reason, String.join(", ", layers))));
        return text.toString();
    }
}
