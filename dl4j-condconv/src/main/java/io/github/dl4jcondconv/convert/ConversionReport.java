package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.profile.TextTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What conversion did to a network, what it left alone and why.
 *
 * @param replaced one for each convolution that became a block
 * @param stayed for each other convolution of any kind, and each BatchNormalization that a block should have taken in, the
 *     reason
 */
public record ConversionReport(List<Replacement> replaced, Map<String, String> stayed) {

    public ConversionReport {
        replaced = List.copyOf(replaced);
        stayed = Collections.unmodifiableMap(new LinkedHashMap<>(stayed));
    }

    /** Two tables: what was replaced, and what stayed. */
    @Override
    public String toString() {
        TextTable blocks = new TextTable("vertex", "became", "from", "weights");
        replaced.forEach(r -> blocks.row(r.vertex(), r.became(), String.join(" + ", r.from()), r.weights()));
        TextTable left = new TextTable("stayed", "because");
        stayed.forEach(left::row);
        return (replaced.isEmpty() ? "nothing was replaced" + System.lineSeparator() : blocks.toString())
                + (stayed.isEmpty() ? "" : System.lineSeparator() + left);
    }
}
