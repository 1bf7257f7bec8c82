package io.github.dl4jcondconv.examples.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** An HTML file that needs no other file and no network. */
final class Page {

    private Page() {}

    /**
     * Writes a page.
     *
     * @param title of the window
     * @param content of the page, as HTML
     */
    static void write(Path file, String title, String content) throws IOException {
        Files.writeString(file, html(title, content));
    }

    static String section(String title, String content) {
        return Html.format("<section>%n<h2>%s</h2>%n", title) + content + "</section>\n";
    }

    private static String html(String title, String content) throws IOException {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                """ + Html.format("<title>%s</title>%n<style>%n", Html.text(title)) + css() + """
                </style>
                </head>
                <body>
                <main>
                """ + content + """
                </main>
                </body>
                </html>
                """;
    }

    private static String css() throws IOException {
        try (InputStream css = Page.class.getResourceAsStream("report.css")) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
