package io.github.dl4jcondconv.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that one command makes. They appear when all are complete; before that, nothing of them is seen. */
final class OutputFiles implements AutoCloseable {

    private final boolean force;
    private final List<Path> targets = new ArrayList<>();
    private final List<StagedOutput> staged = new ArrayList<>();

    /**
     * @param force whether files that exist are replaced
     */
    OutputFiles(boolean force) {
        this.force = force;
    }

    /**
     * Adds a file.
     *
     * @return where to write it
     * @throws IllegalArgumentException if it cannot be written there, naming it
     */
    Path add(Path target) throws IOException {
        Path place = target.toAbsolutePath().normalize();
        if (targets.contains(place)) {
            throw new IllegalArgumentException(target + " is given for two files");
        }
        if (Files.isDirectory(place)) {
            throw new IllegalArgumentException(target + " is a directory, not a file to write");
        }
        if (Files.exists(place) && !force) {
            throw new IllegalArgumentException(target + " exists; --force replaces it");
        }
        StagedOutput output = new StagedOutput(place.getParent());
        targets.add(place);
        staged.add(output);
        return output.file(place.getFileName().toString());
    }

    /** Moves all files to their places. */
    void publish() throws IOException {
        for (StagedOutput output : staged) {
            output.publish();
        }
    }

    @Override
    public void close() {
        staged.forEach(StagedOutput::close);
    }
}
