package io.github.dl4jcondconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input to the demo: one line that names the path, exit code 2, and nothing left where the output would be. */
class DemoCommandErrorsTest {

    @TempDir
    Path directory;

    private Path data;
    private Path out;

    @BeforeEach
    void setUp() throws IOException {
        data = SmallImages.copy(directory.resolve("data"), 3, 2, "bag", "coat");
        out = directory.resolve("results/demo");
    }

    @Test
    void aDataDirectoryThatDoesNotExist() throws IOException {
        data = directory.resolve("missing");
        assertFails("data directory " + data + " does not exist");
    }

    @Test
    void aDataDirectoryWithoutTrain() throws IOException {
        data = data.resolve("val");
        assertFails("image folder " + data.resolve("train") + " does not exist");
    }

    @Test
    void anEmptyClassFolder() throws IOException {
        Path empty = Files.createDirectory(data.resolve("train/dress"));
        assertFails("class folder " + empty + " holds no image");
    }

    @Test
    void aClassMissingFromValidation() throws IOException {
        Path missing = data.resolve("val/coat");
        for (Path image : list(missing)) {
            Files.delete(image);
        }
        Files.delete(missing);
        assertFails("class coat of " + data.resolve("train") + " is missing: no folder " + missing);
    }

    @Test
    void aTruncatedTrainingImage() throws IOException {
        Path image = list(data.resolve("train/bag")).get(1);
        byte[] whole = Files.readAllBytes(image);
        Files.write(image, Arrays.copyOf(whole, whole.length / 2));
        assertFails("cannot read image " + image + ": the file is truncated");
    }

    @Test
    void aValidationFileThatIsNoImage() throws IOException {
        Path image = data.resolve("val/bag/zebra.jpg");
        Files.writeString(image, "stripes");
        assertFails("cannot read image " + image + ": it does not decode as an image");
    }

    @Test
    void noEpochs() throws IOException {
        assertFails("--epochs must be at least 1, not 0", "--epochs", "0");
    }

    @Test
    void anOutputDirectoryBelowAFile() throws IOException {
        Path file = Files.createFile(directory.resolve("results"));
        Cli cli = run();
        assertOneLine(cli, "cannot write to " + out + ": " + file + " is not a directory");
    }

    private void assertFails(String message, String... options) throws IOException {
        List<Path> before = list(directory);
        Cli cli = run(options);
        assertOneLine(cli, message);
        assertThat(list(directory)).isEqualTo(before);
    }

    private Cli run(String... options) {
        Stream<String> all = Stream.concat(
                Stream.of("demo", "--data", data.toString(), "--out", out.toString()), Arrays.stream(options));
        return Cli.run(all.toArray(String[]::new));
    }

    private static void assertOneLine(Cli cli, String message) {
        assertThat(cli.err().lines()).singleElement().asString().startsWith("condconv demo: " + message);
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
