package io.github.dl4jcondconv.profile;

import java.util.ArrayList;
import java.util.List;

/** A table of text with aligned columns: numbers (cells that start with a digit or {@code ?}) to the right. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these column headings. */
    public TextTable(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; integers are grouped by thousands. */
    public TextTable row(Object... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of "
                    + rows.get(0).size() + " columns");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell instanceof Long || cell instanceof Integer ? "%,d".formatted(cell) : cell.toString());
        }
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                String cell = row.get(c);
                String gap = " ".repeat(width(c) - cell.length());
                line.append(isNumber(c) ? gap + cell : cell + gap).append("  ");
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private boolean isNumber(int column) {
        return rows.stream().skip(1).map(row -> row.get(column)).allMatch(cell -> cell.matches("[0-9?,.]+"));
    }
}
