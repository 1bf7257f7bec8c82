package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.fusion.FusionAction;
import io.github.dl4jcondconv.fusion.FusionReport;
import io.github.dl4jcondconv.fusion.NetworkSize;
import java.util.LinkedHashMap;
import java.util.Map;

/** A fusion report as values that JSON knows. */
final class FusionJson {

    private FusionJson() {}

    static Map<String, Object> of(FusionReport report) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("before", size(report.before()));
        values.put("after", size(report.after()));
        values.put("actions", report.actions().stream().map(FusionJson::action).toList());
        values.put("stayed", report.stayed());
        return values;
    }

    /** {@code macs} are the multiply-adds of one example; null if the size of the input is not known. */
    private static Map<String, Object> size(NetworkSize size) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("layers", size.layers());
        values.put("parameters", size.parameters());
        values.put("state", size.stateParameters());
        values.put("macs", size.multiplyAdds().isPresent() ? size.multiplyAdds().getAsLong() : null);
        return values;
    }

    private static Map<String, Object> action(FusionAction action) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("vertex", action.vertex());
        values.put("from", action.from());
        values.put("rules", action.rules());
        values.put("became", action.became());
        return values;
    }
}
