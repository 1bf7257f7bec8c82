package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A table as comma-separated values (RFC 4180). */
final class Csv {

    private static final String END = "\r\n";

    private final StringBuilder text = new StringBuilder();

    Csv(Object... headings) {
        row(headings);
    }

    void row(Object... cells) {
        text.append(Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(",")))
                .append(END);
    }

    private static String cell(Object value) {
        String plain = value.toString();
        return plain.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0) ? '"' + plain.replace("\"", "\"\"") + '"' : plain;
    }

    void write(Path file) throws IOException {
        Files.writeString(file, text);
    }
}
