package io.github.dl4jcondconv.examples.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.SerializationFeature;

/** Runs comparisons one by one, prints a row for each and keeps a JSON file of those that are done. */
public final class Benchmarks {
    private final Set<String> suites;
    private final String only;
    private final int repetitions;
    private final Path json;

    /**
     * @param suites names of suites, none for all
     * @param only text that the names of the comparisons must contain
     * @param repetitions of which each time is the median
     * @param json where to write the results, or null
     */
    public Benchmarks(Set<String> suites, String only, int repetitions, Path json) {
        this.suites = suites;
        this.only = only;
        this.repetitions = repetitions;
        this.json = json;
    }

    /**
     * Runs them.
     *
     * @return whether all contenders ran and agreed
     * @throws IllegalArgumentException if there is no such suite or comparison
     */
    public boolean run(PrintWriter out) {
        try (Rivals rivals = new Rivals()) {
            List<Comparison> chosen = chosen(new Suites(rivals).all());
            Stopwatch stopwatch = new Stopwatch(repetitions);
            List<Result> results = new ArrayList<>();
            // fails now rather than after the first comparison if there is nowhere to write
            write(results);
            out.println(Table.head(rivals));
            for (Comparison comparison : chosen) {
                Result result = stopwatch.run(comparison);
                results.add(result);
                out.println(Table.row(result));
                write(results);
            }
            out.println(Table.means(results));
            return results.stream().allMatch(result -> result.failures().isEmpty());
        }
    }

    private List<Comparison> chosen(List<Comparison> all) {
        Set<String> known = all.stream().map(Comparison::suite).collect(Collectors.toCollection(TreeSet::new));
        for (String suite : suites) {
            if (!known.contains(suite)) {
                throw new IllegalArgumentException("there is no suite \"" + suite + "\"; there are " + known);
            }
        }
        List<Comparison> chosen = all.stream()
                .filter(c -> suites.isEmpty() || suites.contains(c.suite()))
                .filter(c -> c.name().contains(only))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no comparison's name contains \"" + only + "\"");
        }
        return chosen;
    }

    /** After each comparison anew: what was measured stays even if the process dies. */
    private void write(List<Result> results) {
        if (json == null) {
            return;
        }
        try {
            Path unfinished = json.resolveSibling(json.getFileName() + ".tmp");
            new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValue(
                            unfinished.toFile(),
                            results.stream().map(Result::json).toList());
            Files.move(unfinished, json, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + json, e);
        }
    }
}
