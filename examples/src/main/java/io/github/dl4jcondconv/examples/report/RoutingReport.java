package io.github.dl4jcondconv.examples.report;

import io.github.dl4jcondconv.analysis.RoutingStudy;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import io.github.dl4jcondconv.train.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What the routing of a network learned, as one page with pictures. */
public final class RoutingReport {

    private static final int MOST_CLASSES = 30;
    private static final int BINS = 20;
    private static final int FAVOURITES = 10;

    private final String model;
    private final RoutingStudy study;
    private final ImageFolder images;
    private final ImageReader thumbnails;

    /**
     * @param model what the network is called
     * @param study of the images, in the order of the folder
     * @param thumbnails reads the images for the page
     */
    public RoutingReport(String model, RoutingStudy study, ImageFolder images, ImageReader thumbnails) {
        this.model = model;
        this.study = study;
        this.images = images;
        this.thumbnails = thumbnails;
    }

    /** Writes the report to a file. */
    public void write(Path file) throws IOException {
        Page.write(
                file,
                "dl4j-condconv: routing of " + model,
                introduction()
                        + Page.section("How much the class decides", shares())
                        + Page.section("Which class uses which expert", means())
                        + Page.section("How sure the routers are", histograms())
                        + Page.section("What each expert likes best", favourites()));
    }

    private String introduction() {
        return Html.format(
                """
                <header>
                <h1>What the routing learned</h1>
                <p>Every image gets its own mixture of experts in the %s of <b>%s</b>. These are the mixtures of
                %,d images of %d classes, from the first layer to the last.</p>
                </header>
                """,
                study.layers().size() == 1
                        ? "layer with routing"
                        : study.layers().size() + " layers with routing",
                Html.text(model),
                study.images(),
                images.getClasses().size());
    }

    private String shares() {
        StringBuilder html = new StringBuilder("""
                <p>The share of the routing weights' variance that lies between classes. At 0 % all classes are routed
                alike; at 100 % all images of a class are.</p>
                <table class="shares">
                """);
        for (String layer : study.layers()) {
            double share = study.classShare(layer);
            html.append(Html.format(
                    "<tr><th>%s</th><td><i style=\"width:%.1f%%\"></i></td><td>%s</td></tr>%n",
                    Html.text(layer), 100 * share, Html.percent(share)));
        }
        return html.append("</table>\n").toString();
    }

    private String means() {
        StringBuilder html = new StringBuilder("""
                <p>Mean routing weights over the images of each class, 0 to 1; the stronger the colour, the larger the
                weight within its layer.</p>
                """);
        if (images.getClasses().size() > MOST_CLASSES) {
            html.append(Html.format(
                    "<p>Shown are the %d classes that each layer routes least like the others; mean-by-class.csv has"
                            + " all.</p>%n",
                    MOST_CLASSES));
        }
        html.append("<div class=\"columns\">\n");
        for (String layer : study.layers()) {
            INDArray means = study.meanByClass(layer);
            int[] shown = mostUnlike(means);
            List<String> names = IntStream.of(shown)
                    .mapToObj(label -> images.getClasses().get(label))
                    .toList();
            html.append("<div class=\"scroll\">")
                    .append(HeatMap.html(layer, names, "expert", Nd4j.pullRows(means, 1, shown)))
                    .append("</div>\n");
        }
        return html.append("</div>\n").toString();
    }

    /** The classes, in order, whose means lie farthest from the mean of all. */
    private static int[] mostUnlike(INDArray means) {
        INDArray distances = means.subRowVector(means.mean(true, 0)).norm2(1);
        return IntStream.range(0, means.rows())
                .boxed()
                .sorted(Comparator.comparingDouble(label -> -distances.getDouble(label)))
                .limit(MOST_CLASSES)
                .sorted()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private String histograms() {
        StringBuilder html = new StringBuilder("""
                <p>How many images give an expert which routing weight, 0 to 1. Two heaps at the ends: the expert is either
                used or not. One heap: it is always used about as much.</p>
                """);
        for (String layer : study.layers()) {
            html.append(Html.format("<h3>%s</h3>%n<div class=\"histograms\">%n", Html.text(layer)));
            int[][] counts = study.histogram(layer, BINS);
            for (int expert = 0; expert < counts.length; expert++) {
                String name = "expert " + (expert + 1);
                html.append(Html.format(
                        "<figure>%s<figcaption>%s</figcaption></figure>%n",
                        Histogram.svg(layer + ", " + name, counts[expert]), name));
            }
            html.append("</div>\n");
        }
        return html.toString();
    }

    private String favourites() {
        StringBuilder html = new StringBuilder(Html.format(
                "<p>The %d images that give each expert its largest routing weights, the largest first.%s</p>%n",
                FAVOURITES,
                study.layers().size() > 3
                        ? " Shown for the first, the middle and the last layer; favourites.csv has all."
                        : ""));
        for (String layer : firstMiddleAndLast()) {
            html.append(Html.format("<h3>%s</h3>%n", Html.text(layer)));
            for (int expert = 0; expert < study.weights(layer).columns(); expert++) {
                html.append(Html.format("<div class=\"favourites\"><b>expert %d</b>%n", expert + 1));
                for (int image : study.favourites(layer, expert, FAVOURITES)) {
                    html.append(figure(image, study.weights(layer).getDouble(image, expert)));
                }
                html.append("</div>\n");
            }
        }
        return html.toString();
    }

    private Set<String> firstMiddleAndLast() {
        List<String> layers = study.layers();
        int last = layers.size() - 1;
        return new LinkedHashSet<>(List.of(layers.get(0), layers.get(last / 2), layers.get(last)));
    }

    private String figure(int index, double weight) {
        LabelledImage image = images.getImages().get(index);
        return Html.format(
                "<figure><img alt=\"\" src=\"%s\"><figcaption><b>%s</b>%.2f</figcaption></figure>%n",
                PngDataUri.of(thumbnails.read(image.file())),
                Html.text(images.getClasses().get(image.label())),
                weight);
    }
}
