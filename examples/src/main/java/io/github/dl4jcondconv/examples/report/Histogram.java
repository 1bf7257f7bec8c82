package io.github.dl4jcondconv.examples.report;

import java.util.Arrays;

/** Bars of counts over 0 to 1. */
final class Histogram {

    private static final int WIDTH = 200;
    private static final int HEIGHT = 70;
    private static final int BASE = 54;

    private Histogram() {}

    /**
     * @param title what is counted
     * @param counts of equal intervals of 0 to 1; the largest gets the full height
     */
    static String svg(String title, int... counts) {
        int most = Math.max(1, Arrays.stream(counts).max().orElse(1));
        double width = WIDTH / (double) counts.length;
        StringBuilder svg = new StringBuilder(Html.format(
                "<svg class=\"histogram\" viewBox=\"0 0 %d %d\" role=\"img\"><title>%s</title>",
                WIDTH, HEIGHT, Html.text(title)));
        for (int bin = 0; bin < counts.length; bin++) {
            double height = BASE * counts[bin] / (double) most;
            svg.append(Html.format(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                    bin * width + 0.5, BASE - height, width - 1, height));
        }
        return svg.append(Html.format("<path d=\"M0 %1$dH%2$d\"/>", BASE, WIDTH))
                .append(tick(0, "start", "0"))
                .append(tick(WIDTH / 2, "middle", "0.5"))
                .append(tick(WIDTH, "end", "1"))
                .append("</svg>\n")
                .toString();
    }

    private static String tick(int x, String anchor, String text) {
        return Html.format("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, HEIGHT - 2, anchor, text);
    }
}
