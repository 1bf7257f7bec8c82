package io.github.dl4jcondconv.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDataTest {
    @TempDir
    private Path directory;

    @Test
    void theSystemPropertyNamesTheImages() {
        assertThat(TestData.images(directory.toString(), Path.of("/"))).isEqualTo(directory);
    }

    @Test
    void aPropertyThatNamesNoDirectoryIsReported() {
        String missing = directory.resolve("missing").toString();

        assertThatIllegalStateException()
                .isThrownBy(() -> TestData.images(missing, directory))
                .withMessage("system property condconv.images: there is no directory " + missing);
    }

    @Test
    void theImagesAreFoundFromADirectoryBelow() throws IOException {
        Path images = Files.createDirectories(directory.resolve("src-test-data/images"));

        Path below = Files.createDirectories(directory.resolve("examples/target"));
        assertThat(TestData.images(null, below)).isEqualTo(images);
    }

    @Test
    void missingImagesAreReportedWithTheWayOut() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TestData.images(null, directory))
                .withMessageContaining(directory.toString())
                .withMessageContaining("-Dcondconv.images=");
    }

    @Test
    void anUnknownLayerIsReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestData.goldenNames("dense"))
                .withMessage("there are no golden vectors dense/index.txt");
    }

    @Test
    void anUnknownCaseIsReported() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestData.golden("condconv2d", "7x7"))
                .withMessage("there are no golden vectors condconv2d/7x7.safetensors");
    }

    @Test
    void anUnknownTensorIsReportedWithTheKnownOnes() {
        GoldenCase golden = TestData.golden("condconv2d", "no-bias");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> golden.tensor("b"))
                .withMessageStartingWith("golden case no-bias has no 'b', it has [W, grad.W, ");
    }

    @Test
    void pairsOfTheConfigurationAreNumbers() {
        assertThat(TestData.golden("condconv2d", "stride-2-1").integers("stride"))
                .containsExactly(2, 1);
    }
}
