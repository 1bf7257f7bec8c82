package io.github.dl4jcondconv.examples.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A line chart over epochs as inline SVG, whose colours are the page's style classes {@code series0}, {@code series1},
 * ...
 *
 * <p>Written by hand because chart libraries for Java draw with AWT, which fails on a JDK without fonts, and cannot
 * follow the reader's light or dark mode.
 */
final class LineChart {

    private static final int WIDTH = 520;
    private static final int HEIGHT = 280;
    private static final int LEFT = 48;
    private static final int RIGHT = 14;
    private static final int TOP = 14;
    private static final int BOTTOM = 40;
    private static final int TICKS = 5;

    private final List<String> names;
    private final List<List<Double>> series;
    private final double step;
    private final double low;
    private final double high;

    /**
     * @param names of the series
     * @param series for each name a value for every epoch
     */
    LineChart(List<String> names, List<List<Double>> series) {
        this.names = names;
        this.series = series;
        List<Double> values =
                series.stream().flatMap(List::stream).filter(Double::isFinite).toList();
        double least = values.isEmpty() ? 0 : Collections.min(values);
        double most = values.isEmpty() ? 1 : Collections.max(values);
        this.step = niceStep((most - least) / TICKS);
        this.low = Math.floor(least / step) * step;
        this.high = Math.max(Math.ceil(most / step) * step, low + step);
    }

    /** The smallest of 1, 2, 5, 10, 20, 50, ... (and their fractions) that is at least this large. */
    private static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-6))));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    String svg(String title) {
        StringBuilder svg = new StringBuilder(Html.format(
                "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH, HEIGHT, Html.text(title)));
        appendGrid(svg);
        for (int i = 0; i < series.size(); i++) {
            appendSeries(svg, i);
        }
        return svg.append("</svg>\n").toString();
    }

    private void appendGrid(StringBuilder svg) {
        long lines = Math.round((high - low) / step);
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step)));
        for (int line = 0; line <= lines; line++) {
            double value = low + line * step;
            svg.append(Html.format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>"
                            + "<text class=\"tick\" x=\"%4$d\" y=\"%5$.1f\" text-anchor=\"end\">%6$." + decimals
                            + "f</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(value),
                    LEFT - 8,
                    y(value) + 4,
                    value));
        }
        int every = Math.max(1, epochs() / 10);
        for (int epoch = 1; epoch <= epochs(); epoch += every) {
            svg.append(Html.format(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
                    x(epoch), HEIGHT - BOTTOM + 18, epoch));
        }
        svg.append(Html.format(
                "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">epoch</text>%n",
                WIDTH - RIGHT, HEIGHT - 4));
    }

    private void appendSeries(StringBuilder svg, int index) {
        List<String> points = new ArrayList<>();
        StringBuilder dots = new StringBuilder();
        List<Double> values = series.get(index);
        for (int i = 0; i < values.size(); i++) {
            points.add(Html.format("%.1f,%.1f", x(i + 1), y(values.get(i))));
            dots.append(Html.format(
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s, epoch %d: %.4f</title></circle>",
                    x(i + 1), y(values.get(i)), Html.text(names.get(index)), i + 1, values.get(i)));
        }
        svg.append(Html.format(
                "<g class=\"series%d\"><polyline points=\"%s\"/>%s</g>%n", index, String.join(" ", points), dots));
    }

    private int epochs() {
        return series.stream().mapToInt(List::size).max().orElse(0);
    }

    private double x(int epoch) {
        double share = epochs() < 2 ? 0.5 : (epoch - 1.0) / (epochs() - 1);
        return LEFT + 10 + share * (WIDTH - LEFT - RIGHT - 20);
    }

    private double y(double value) {
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM);
    }
}
