package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.examples.demo.Contestant;
import io.github.dl4jcondconv.examples.demo.Measured;
import java.util.List;
import java.util.function.Function;

/** The report's table of results: a row for each network, every figure before and after fusion. */
final class SummaryTable {

    private static final String NOTE = """
            <p class="note">Parameters: all values in the model's file, running statistics included. Multiply-adds: for
            one image; of sampled convolutions, those of the positions that they sample. Largest difference: of any class's probability, over all
            validation images.</p>
            """;

    private SummaryTable() {}

    static String html(List<Contestant> contestants) {
        StringBuilder html = new StringBuilder("""
                <div class="scroll"><table class="summary">
                <tr><th rowspan="2">network</th><th colspan="2">accuracy</th><th colspan="2">parameters</th>
                <th colspan="2">multiply-adds</th><th colspan="2">ms per image</th>
                <th rowspan="2">largest<br>difference</th><th rowspan="2">training</th></tr>
                <tr><th>trained</th><th>fused</th><th>trained</th><th>fused</th>
                <th>trained</th><th>fused</th><th>trained</th><th>fused</th></tr>
                """);
        for (int i = 0; i < contestants.size(); i++) {
            html.append(row(contestants.get(i), i));
        }
        return html.append("</table></div>\n").append(NOTE).toString();
    }

    private static String row(Contestant c, int index) {
        return Html.format("<tr class=\"series%d\"><th><i></i>%s</th>", index, Html.text(c.name()))
                + cells(c, m -> Html.percent(m.answers().accuracy()))
                + cells(c, m -> Html.format("%,d", m.parameters()))
                + cells(c, m -> Html.format("%,d", m.multiplyAdds()))
                + cells(c, m -> Html.format("%.3f", m.millisPerImage()))
                + Html.format("<td>%.1e</td><td>%.0f s</td></tr>%n", c.largestDifference(), c.seconds());
    }

    private static String cells(Contestant c, Function<Measured, String> figure) {
        return Html.format("<td>%s</td><td>%s</td>", figure.apply(c.trained()), figure.apply(c.fused()));
    }
}
