package io.github.dl4jcondconv.fusion;

import io.github.dl4jcondconv.profile.TextTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What fusion did to a network, what it left alone and why.
 *
 * @param actions one for each vertex that was made of others or taken out
 * @param stayed for each BatchNormalization, block or sum of branches that is still there, the reason
 * @param before the given network
 * @param after the fused network
 */
public record FusionReport(
        List<FusionAction> actions, Map<String, String> stayed, NetworkSize before, NetworkSize after) {

    public FusionReport {
        actions = List.copyOf(actions);
        stayed = Collections.unmodifiableMap(new LinkedHashMap<>(stayed));
    }

    /** Three tables: what was fused, what stayed, and the sizes before and after. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (!actions.isEmpty()) {
            TextTable fused = new TextTable("vertex", "became", "from", "by");
            actions.forEach(
                    a -> fused.row(a.vertex(), a.became(), String.join(" + ", a.from()), String.join(", ", a.rules())));
            text.append(fused).append(System.lineSeparator());
        }
        if (!stayed.isEmpty()) {
            TextTable left = new TextTable("stayed", "because");
            stayed.forEach(left::row);
            text.append(left).append(System.lineSeparator());
        }
        return text.append(new TextTable("", "layers", "parameters", "state", "multiply-adds")
                        .row("before", before.layers(), before.parameters(), before.stateParameters(), cost(before))
                        .row("after", after.layers(), after.parameters(), after.stateParameters(), cost(after)))
                .toString();
    }

    private static Object cost(NetworkSize size) {
        OptionalLong multiplyAdds = size.multiplyAdds();
        return multiplyAdds.isPresent() ? (Object) multiplyAdds.getAsLong() : "?";
    }
}
