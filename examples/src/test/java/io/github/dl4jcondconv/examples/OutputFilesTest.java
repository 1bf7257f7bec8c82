package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {

    @TempDir
    Path directory;

    private Path target;

    @BeforeEach
    void existingFile() throws IOException {
        target = Files.writeString(directory.resolve("model.zip"), "mine");
    }

    /** Linux has a device that is always full; a link to it in the place of the file is a disk without room. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsNamedWithTheFile() throws IOException {
        try (OutputFiles files = new OutputFiles(true)) {
            Files.createSymbolicLink(files.add(target), Path.of("/dev/full"));
            assertThatIOException()
                    .isThrownBy(() -> files.write(target, file -> Files.write(file, new byte[1 << 16])))
                    .withMessageStartingWith("cannot write " + target + ": ")
                    .withMessageEndingWith("No space left on device");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskLeavesTheExistingFileAndNothingElse() throws IOException {
        try (OutputFiles files = new OutputFiles(true)) {
            Files.createSymbolicLink(files.add(target), Path.of("/dev/full"));
            assertThatIOException().isThrownBy(() -> files.write(target, file -> Files.write(file, new byte[1 << 16])));
        }
        assertThat(target).hasContent("mine");
        assertThat(directory).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aReadOnlyFileIsNotReplaced() throws IOException {
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
        assertRefused(target, target + " is read-only");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nothingIsWrittenToAReadOnlyDirectory() throws IOException {
        Path readOnly = Files.createDirectory(directory.resolve("archive"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        Path inside = readOnly.resolve("model.zip");
        assertRefused(inside, "cannot write " + inside + ": its directory is read-only");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aDeviceIsNotReplaced() {
        assertRefused(Path.of("/dev/null"), "/dev/null is no regular file; it is not replaced");
    }

    @Test
    void severalFilesAppearTogether() throws IOException {
        Path report = directory.resolve("report.json");
        try (OutputFiles files = new OutputFiles(true)) {
            files.add(target);
            files.add(report);
            files.write(target, file -> Files.writeString(file, "model"));
            files.write(report, file -> Files.writeString(file, "report"));
            assertThat(target).hasContent("mine");
            files.publish();
        }
        assertThat(target).hasContent("model");
        assertThat(report).hasContent("report");
    }

    private static void assertRefused(Path target, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    try (OutputFiles files = new OutputFiles(true)) {
                        files.add(target);
                    }
                })
                .withMessage(message);
    }
}
