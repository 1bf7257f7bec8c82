package io.github.dl4jcondconv.examples.bench;

import io.github.dl4jcondconv.onednn.BackendReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.linalg.factory.Nd4j;

/** The results as lines of text, each printed when it is known. */
final class Table {
    private static final String ROW = "%-8s%-50s%10s%10s%7s%10s%7s%10s%7s%10s%7s  %s";

    private Table() {}

    static String head(Rivals rivals) {
        String machine = "%s, %d threads, %s, %s; median milliseconds, /: ours over theirs"
                .formatted(System.getProperty("os.arch"), rivals.threads(), Nd4j.getBackend(), BackendReport.blas());
        return machine
                + System.lineSeparator()
                + ROW.formatted(
                        "suite", "name", "ours", "stock", "/", "pytorch", "/", "onnxrt", "/", "baseline", "/", "");
    }

    static String row(Result result) {
        List<String> cells = new ArrayList<>();
        for (Rival rival : Rival.values()) {
            cells.add(number("%.2f", result.milliseconds().get(rival)));
            if (rival != Rival.OURS) {
                cells.add(number("%.2f", result.ratio(rival)));
            }
        }
        Comparison comparison = result.comparison();
        String remark = comparison.baseline() == null ? "" : "baseline: " + comparison.baseline();
        String failures = result.failures().entrySet().stream()
                .map(failure -> " %s failed: %s".formatted(failure.getKey().key(), failure.getValue()))
                .collect(Collectors.joining());
        Object[] all = new Object[cells.size() + 3];
        all[0] = comparison.suite();
        all[1] = comparison.name();
        System.arraycopy(cells.toArray(), 0, all, 2, cells.size());
        all[all.length - 1] = remark + failures;
        return ROW.formatted(all).stripTrailing();
    }

    /** Geometric means of the ratios of comparisons that differ in their shapes, written in parentheses, only. */
    static String means(List<Result> results) {
        Map<String, List<Result>> groups = results.stream()
                .filter(result -> result.comparison().name().contains(" ("))
                .collect(Collectors.groupingBy(
                        result -> result.comparison().name().replaceAll(" \\(.*", ""),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return groups.entrySet().stream()
                .map(group -> "mean    " + group.getKey() + ratios(group.getValue()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static String ratios(List<Result> group) {
        StringBuilder line = new StringBuilder();
        for (Rival rival : Rival.values()) {
            List<Double> ratios = group.stream()
                    .map(result -> result.ratio(rival))
                    .filter(ratio -> ratio != null)
                    .toList();
            if (rival != Rival.OURS && !ratios.isEmpty()) {
                double mean = Math.exp(
                        ratios.stream().mapToDouble(Math::log).average().orElseThrow());
                line.append(", ours / %s %.2f".formatted(rival.key(), mean));
            }
        }
        return line.toString();
    }

    private static String number(String format, Double value) {
        return value == null ? "-" : format.formatted(value);
    }
}
