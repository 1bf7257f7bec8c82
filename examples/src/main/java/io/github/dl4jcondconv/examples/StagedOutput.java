package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files of an output directory that appear there all together or not at all.
 *
 * <p>They are written to a hidden directory on the same file system. {@link #publish()} moves them to their places,
 * where they replace files of the same name; {@link #close()} without it, an exception or the end of the process
 * removes them.
 */
final class StagedOutput implements AutoCloseable {

    private final Path target;
    private final Path staging;
    private final Thread atExit = new Thread(this::delete);

    /**
     * @param target the output directory; made by {@link #publish()} if it does not exist
     * @throws IllegalArgumentException if nothing can be written there, naming the path
     */
    StagedOutput(Path target) {
        this.target = target.toAbsolutePath();
        Path existing = this.target;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new IllegalArgumentException("cannot write to " + target + ": " + existing + " is not a directory");
        }
        try {
            staging = Files.createTempDirectory(existing, ".condconv-");
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot write to " + target + ": " + existing + " is not writable", e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Where to write the file that belongs at this path of the output directory; its folder is made. */
    Path file(String relative) throws IOException {
        Path file = staging.resolve(relative);
        Files.createDirectories(file.getParent());
        return file;
    }

    /** Moves all files to their places. */
    void publish() throws IOException {
        for (Path file : files()) {
            Path place = target.resolve(staging.relativize(file).toString());
            Files.createDirectories(place.getParent());
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(staging)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        delete();
    }

    private void delete() {
        try (Stream<Path> all = Files.walk(staging)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + staging, e);
        }
    }
}
