package io.github.dl4jcondconv.examples.report;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A table of numbers whose cells are the darker the larger they are. */
final class HeatMap {

    private HeatMap() {}

    /**
     * @param caption above the table
     * @param rows a heading for each row
     * @param column what a column is; its number follows
     * @param values [rows, columns]
     */
    static String html(String caption, List<String> rows, String column, INDArray values) {
        double low = values.minNumber().doubleValue();
        double range = Math.max(values.maxNumber().doubleValue() - low, 1e-9);
        StringBuilder html = new StringBuilder(
                Html.format("<table class=\"heat\"><caption>%s</caption><tr><th></th>", Html.text(caption)));
        for (int c = 1; c <= values.columns(); c++) {
            html.append(Html.format("<th>%s %d</th>", Html.text(column), c));
        }
        html.append("</tr>\n");
        for (int r = 0; r < values.rows(); r++) {
            html.append(Html.format("<tr><th>%s</th>", Html.text(rows.get(r))));
            for (int c = 0; c < values.columns(); c++) {
                double value = values.getDouble(r, c);
                html.append(Html.format("<td style=\"--v:%.3f\">%.2f</td>", (value - low) / range, value));
            }
            html.append("</tr>\n");
        }
        return html.append("</table>\n").toString();
    }
}
