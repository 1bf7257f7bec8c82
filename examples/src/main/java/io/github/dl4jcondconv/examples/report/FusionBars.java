package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.examples.demo.Contestant;
import io.github.dl4jcondconv.examples.demo.Measured;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One quantity of every network before and after fusion, as pairs of bars. */
final class FusionBars {

    private FusionBars() {}

    /**
     * @param title what the bars show
     * @param value of a network, 0 or more
     * @param label how a value is written
     */
    static String html(
            String title,
            List<Contestant> contestants,
            ToDoubleFunction<Measured> value,
            Function<Double, String> label) {
        double largest = contestants.stream()
                .mapToDouble(c -> Math.max(value.applyAsDouble(c.trained()), value.applyAsDouble(c.fused())))
                .max()
                .orElse(1);
        StringBuilder html = new StringBuilder(Html.format("<div class=\"bars\"><h3>%s</h3>%n", Html.text(title)));
        for (int i = 0; i < contestants.size(); i++) {
            Contestant contestant = contestants.get(i);
            html.append(Html.format(
                    "<div class=\"pair series%d\"><b>%s</b><div>%s%s</div></div>%n",
                    i,
                    Html.text(contestant.name()),
                    bar("trained", value.applyAsDouble(contestant.trained()), largest, label),
                    bar("fused", value.applyAsDouble(contestant.fused()), largest, label)));
        }
        return html.append("</div>\n").toString();
    }

    private static String bar(String kind, double value, double largest, Function<Double, String> label) {
        return Html.format(
                "<p class=\"%s\"><i style=\"width:%.1f%%\"></i><span>%s %s</span></p>",
                kind, 72 * value / largest, Html.text(label.apply(value)), kind);
    }
}
