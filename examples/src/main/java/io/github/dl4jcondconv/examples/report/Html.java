package io.github.dl4jcondconv.examples.report;

import java.util.Locale;

/** What all parts of the report need to write HTML. */
final class Html {

    private Html() {}

    /** Text as it may stand between tags and in quoted attributes. */
    static String text(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** {@link String#format} with a point as the decimal mark, wherever the report is made. */
    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }
}
