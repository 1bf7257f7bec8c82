package io.github.dl4jcondconv.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final byte[] OLD = {1, 2, 3};
    private static final byte[] NEW = {4, 5, 6, 7};

    @TempDir
    Path directory;

    private Path target;

    @BeforeEach
    void existingFile() throws IOException {
        target = Files.write(directory.resolve("model.onnx"), OLD);
    }

    private static void writeNew(Path target, boolean overwrite) throws IOException {
        new AtomicFile(target, overwrite).write(out -> out.write(NEW));
    }

    /** Writes a part and fails as a full disk does. */
    private static void failMidway(Path target) {
        catchThrowable(() -> new AtomicFile(target, true).write(out -> {
            out.write(NEW);
            out.flush();
            throw new IOException("No space left on device");
        }));
    }

    @Test
    void writesANewFile() throws IOException {
        Path fresh = directory.resolve("fresh.onnx");
        writeNew(fresh, false);
        assertThat(fresh).hasBinaryContent(NEW);
    }

    @Test
    void replacesAnExistingFileWhenAsked() throws IOException {
        writeNew(target, true);
        assertThat(target).hasBinaryContent(NEW);
    }

    @Test
    void refusesAnExistingFileByDefault() {
        assertThatThrownBy(() -> writeNew(target, false))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("model.onnx");
    }

    @Test
    void refusesAFileThatAppearedMeanwhile() {
        Path late = directory.resolve("late.onnx");
        assertThatThrownBy(() -> new AtomicFile(late, false).write(out -> {
                    out.write(NEW);
                    Files.write(late, OLD);
                }))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFailedWriteLeavesTheExistingFileAsItWas() {
        failMidway(target);
        assertThat(target).hasBinaryContent(OLD);
    }

    @Test
    void aFailedWriteLeavesNothingElse() {
        failMidway(target);
        assertThat(directory.toFile().list()).containsExactly("model.onnx");
    }

    @Test
    void aFailedWriteNamesTheFileAndTheCause() {
        assertThatThrownBy(() -> new AtomicFile(target, true).write(out -> {
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("model.onnx", "No space left on device");
    }

    @Test
    void refusesADirectory() {
        assertThatThrownBy(() -> writeNew(directory, true))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void refusesAReadOnlyFileAndLeavesItAsItIs() throws IOException {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
        assertThatThrownBy(() -> writeNew(target, true))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(target + ": is read-only");
        assertThat(target).hasBinaryContent(OLD);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void refusesADevice() {
        assertThatThrownBy(() -> writeNew(Path.of("/dev/null"), true))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is no regular file");
    }

    @Test
    void refusesAMissingDirectory() {
        assertThatThrownBy(() -> writeNew(directory.resolve("missing").resolve("model.onnx"), true))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining("missing");
    }
}
