package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.examples.demo.DemoData;
import io.github.dl4jcondconv.examples.demo.SparsityRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What the weight of the sparsity loss trades, as a table and as masks over images. */
public final class SparsityReport {

    private static final String INTRODUCTION = """
            <header>
            <h1>Density and accuracy</h1>
            <p>The demo's network of sampled convolutions, trained under several weights of its sparsity loss: the heavier
            the loss, the fewer positions are computed.</p>
            </header>
            """;

    private final DemoData data;
    private final List<SparsityRun> runs;

    /**
     * @param data that the networks were trained and judged on
     * @param runs one for each weight
     */
    public SparsityReport(DemoData data, List<SparsityRun> runs) {
        this.data = data;
        this.runs = runs;
    }

    /** Writes the report to a file. */
    public void write(Path file) throws IOException {
        StringBuilder content = new StringBuilder(INTRODUCTION).append(Page.section("Result", table()));
        for (SparsityRun run : runs) {
            content.append(Page.section(
                    "Weight " + run.weight(),
                    MaskGallery.html(data, run.network().trained())));
        }
        Page.write(file, "dl4j-condconv: density and accuracy", content.toString());
    }

    private String table() {
        StringBuilder html = new StringBuilder("""
                <div class="scroll"><table class="summary">
                <tr><th>weight</th><th>density</th><th>accuracy</th><th>multiply-adds</th>
                <th>ms per image</th></tr>
                """);
        for (SparsityRun run : runs) {
            html.append(Html.format(
                    "<tr class=\"row\"><th>%s</th><td>%s</td><td>%s</td><td>%,d</td><td>%.3f</td></tr>%n",
                    run.weight(),
                    Html.percent(run.density()),
                    Html.percent(run.network().trained().answers().accuracy()),
                    run.network().trained().multiplyAdds(),
                    run.network().trained().millisPerImage()));
        }
        return html.append("</table></div>\n").toString();
    }
}
