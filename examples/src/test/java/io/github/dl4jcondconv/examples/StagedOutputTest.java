package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {

    @TempDir
    Path directory;

    private Path target;

    @BeforeEach
    void setUp() {
        target = directory.resolve("deep/er");
    }

    @Test
    void nothingAppearsBeforePublication() throws IOException {
        try (StagedOutput output = new StagedOutput(target)) {
            Files.writeString(output.file("a/b.txt"), "new");
            assertThat(target).doesNotExist();
        }
    }

    @Test
    void publishedFilesAreInTheirPlaces() throws IOException {
        try (StagedOutput output = new StagedOutput(target)) {
            Files.writeString(output.file("a/b.txt"), "new");
            output.publish();
        }
        assertThat(target.resolve("a/b.txt")).hasContent("new");
    }

    @Test
    void publicationReplacesOldFilesAndKeepsOthers() throws IOException {
        Files.createDirectories(target);
        Files.writeString(target.resolve("same.txt"), "old");
        Files.writeString(target.resolve("other.txt"), "kept");
        try (StagedOutput output = new StagedOutput(target)) {
            Files.writeString(output.file("same.txt"), "new");
            output.publish();
        }
        assertThat(target.resolve("same.txt")).hasContent("new");
        assertThat(target.resolve("other.txt")).hasContent("kept");
    }

    @Test
    void closingLeavesNothingElse() throws IOException {
        try (StagedOutput output = new StagedOutput(target)) {
            Files.writeString(output.file("a/b.txt"), "new");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("deep"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StagedOutput(target))
                .withMessage("cannot write to %s: %s is not a directory", target, file);
    }
}
