package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.analysis.RoutingStudy;
import io.github.dl4jcondconv.examples.demo.Contestant;
import io.github.dl4jcondconv.examples.demo.Curve;
import io.github.dl4jcondconv.examples.demo.DemoData;
import io.github.dl4jcondconv.examples.demo.Measured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The demo's report: one HTML file that needs no other file and no network. */
public final class Report {

    private final DemoData data;
    private final List<Contestant> contestants;
    private final long seed;

    /**
     * @param contestants the trained and fused networks
     * @param seed they were trained with
     */
    public Report(DemoData data, List<Contestant> contestants, long seed) {
        this.data = data;
        this.contestants = contestants;
        this.seed = seed;
    }

    /** Writes the report to a file. */
    public void write(Path file) throws IOException {
        Page.write(file, "dl4j-condconv: demo report", content());
    }

    private String content() {
        return introduction()
                + Page.section("Result", SummaryTable.html(contestants))
                + Page.section("Learning", curves())
                + Page.section("Fusion", fusion())
                + Page.section("Routing", routing())
                + Page.section("Sampling", sampling())
                + Page.section("Predictions", predictions());
    }

    private String introduction() {
        return Html.format(
                """
                <header>
                <h1>One network, six kinds of block</h1>
                <p>The same small network of plain convolutions, asymmetric blocks, CondConv, WeightNet,
                squeeze-and-excitation and sampled convolutions, trained %d epochs on %,d images of %d classes, judged on
                %,d others, then fused. Seed %d.</p>
                <p class="legend">%s</p>
                </header>
                """,
                contestants.get(0).curve().loss().size(),
                data.training().getImages().size(),
                data.training().getClasses().size(),
                data.validation().getImages().size(),
                seed,
                legend());
    }

    private String legend() {
        StringBuilder legend = new StringBuilder();
        for (int i = 0; i < contestants.size(); i++) {
            legend.append(Html.format(
                    "<span class=\"series%d\"><i></i>%s</span>",
                    i, Html.text(contestants.get(i).name())));
        }
        return legend.toString();
    }

    private String curves() {
        return "<div class=\"columns\">"
                + curve("Training loss, mean of each epoch", Curve::loss)
                + curve("Validation accuracy after each epoch", Curve::accuracy)
                + "</div>\n";
    }

    private String curve(String title, Function<Curve, List<Double>> values) {
        List<String> names = contestants.stream().map(Contestant::name).toList();
        List<List<Double>> series =
                contestants.stream().map(c -> values.apply(c.curve())).toList();
        return Html.format("<div><h3>%s</h3>%n", title) + new LineChart(names, series).svg(title) + "</div>\n";
    }

    private String fusion() {
        return """
                <p>Fusion folds BatchNormalization and the branches of an asymmetric block into one convolution each;
                what cannot be folded exactly stays. The answers stay, too: no prediction changed on any validation
                image. The time depends on the kernels as well: the fused networks are made of DL4J's own convolution layer, which does not use oneDNN; the
                blocks of this library do.</p>
                <div class="columns">
                """
                + FusionBars.html("Accuracy", contestants, m -> m.answers().accuracy(), Html::percent)
                + FusionBars.html(
                        "Milliseconds per image",
                        contestants,
                        Measured::millisPerImage,
                        millis -> Html.format("%.3f", millis))
                + "</div>\n"
                + fusionReports();
    }

    private String fusionReports() {
        StringBuilder html = new StringBuilder();
        for (Contestant contestant : contestants) {
            html.append(Html.format(
                    "<details><summary>What fusion did to %s</summary><pre>%s</pre></details>%n",
                    Html.text(contestant.name()), Html.text(contestant.fusion())));
        }
        return html.toString();
    }

    private String routing() {
        StringBuilder html = new StringBuilder("""
                <p>Each CondConv layer weighs its experts anew for every image. Mean weights over the validation
                images of each class, 0 to 1; the stronger the colour, the larger the weight within its layer.</p>
                <div class="columns">
                """);
        for (Contestant contestant : contestants) {
            RoutingStudy study = RoutingStudy.of(contestant.trained().graph(), data.validationBatches());
            for (String layer : study.layers()) {
                html.append(HeatMap.html(layer, data.validation().getClasses(), "expert", study.meanByClass(layer)));
            }
        }
        return html.append("</div>\n").toString();
    }

    private String sampling() {
        StringBuilder html = new StringBuilder("""
                <p>A sampled convolution is wanted only where its mask says so, and interpolated elsewhere. One image of
                each class: lit where a layer samples, dark where it does not.</p>
                """);
        for (Contestant contestant : contestants) {
            if (!contestant.trained().densities().isEmpty()) {
                html.append(MaskGallery.html(data, contestant.trained()));
            }
        }
        return html.toString();
    }

    private String predictions() {
        return "<p>The first validation images of each class. A tick: the network of that colour is right; else what it"
                + " takes the image for.</p>\n"
                + Gallery.html(data, contestants);
    }
}
