package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files that one command makes. They appear when all are complete; before that, nothing of them is seen. */
final class OutputFiles implements AutoCloseable {

    private final boolean force;
    private final Map<Path, StagedOutput> staged = new LinkedHashMap<>();

    /** What fills a file. */
    @FunctionalInterface
    interface Writer<T> {
        T writeTo(Path file) throws IOException;
    }

    /**
     * @param force whether files that exist are replaced
     */
    OutputFiles(boolean force) {
        this.force = force;
    }

    /**
     * Adds a file to those that will be made.
     *
     * @return where to write it, or use {@link #write}
     * @throws IllegalArgumentException if it cannot be written there, naming it
     */
    Path add(Path target) throws IOException {
        Path place = place(target);
        if (staged.containsKey(place)) {
            throw new IllegalArgumentException(target + " is given for two files");
        }
        if (Files.isDirectory(place)) {
            throw new IllegalArgumentException(target + " is a directory, not a file to write");
        }
        if (Files.exists(place) && !force) {
            throw new IllegalArgumentException(target + " exists; --force replaces it");
        }
        if (Files.exists(place) && !Files.isRegularFile(place)) {
            throw new IllegalArgumentException(target + " is no regular file; it is not replaced");
        }
        if (Files.exists(place) && isReadOnly(place)) {
            throw new IllegalArgumentException(target + " is read-only");
        }
        if (Files.isDirectory(place.getParent()) && isReadOnly(place.getParent())) {
            throw new IllegalArgumentException("cannot write " + target + ": its directory is read-only");
        }
        staged.put(place, new StagedOutput(place.getParent()));
        return file(place);
    }

    private Path file(Path place) throws IOException {
        return staged.get(place).file(place.getFileName().toString());
    }

    /** To root everything is writable, also what its owner has protected. */
    private static boolean isReadOnly(Path path) throws IOException {
        PosixFileAttributeView posix =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        return !Files.isWritable(path)
                || posix != null && !posix.readAttributes().permissions().contains(PosixFilePermission.OWNER_WRITE);
    }

    /**
     * Makes a file that was added.
     *
     * @return what the writer returns
     * @throws IOException if it cannot be written, naming it
     */
    <T> T write(Path target, Writer<T> writer) throws IOException {
        Path file = file(place(target));
        try {
            return writer.writeTo(file);
        } catch (IOException e) {
            throw new IOException("cannot write " + target + ": " + reason(e, file), e);
        }
    }

    /** What happened first, without the name of the file that nobody sees. */
    private static String reason(IOException e, Path file) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        String reason = first instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(first.getMessage());
        return reason.replace(file.toString(), "").strip();
    }

    private static Path place(Path target) {
        return target.toAbsolutePath().normalize();
    }

    /** Moves all files to their places. */
    void publish() throws IOException {
        for (StagedOutput output : staged.values()) {
            output.publish();
        }
    }

    @Override
    public void close() {
        staged.values().forEach(StagedOutput::close);
    }
}
