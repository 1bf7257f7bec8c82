package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReaderTest {

    @TempDir
    Path directory;

    @Test
    void greyPixelsAreReadAsTheyAre() throws IOException {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 2, 2, new byte[] {0, 100, (byte) 200, (byte) 255});
        assertThat(read(new ImageReader(2, 2, 1), image)).containsExactly(0, 100, 200, 255);
    }

    @Test
    void colourPixelsAreBlueGreenRedPlanes() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x010203);
        image.setRGB(1, 0, 0x040506);
        assertThat(read(new ImageReader(1, 2, 3), image)).containsExactly(3, 6, 2, 5, 1, 4);
    }

    @Test
    void sixteenBitsAreScaledToTheRangeOfEight() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setDataElements(0, 0, 2, 1, new short[] {(short) 0xFFFF, 0x4000});
        assertThat(read(new ImageReader(1, 2, 1), image)).containsExactly(255, 64);
    }

    @Test
    void aGreyImageReadInColourHasThreeEqualPlanes() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 1, 1, new byte[] {77});
        assertThat(read(new ImageReader(1, 1, 3), image)).containsExactly(77, 77, 77);
    }

    @Test
    void aLargerImageIsAveraged() throws IOException {
        BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 4, 2, new byte[] {10, 20, 100, 100, 30, 40, 100, 100});
        assertThat(read(new ImageReader(1, 2, 1), image)).containsExactly(25, 100);
    }

    @Test
    void aSmallerImageIsEnlarged() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, 1, 1, new byte[] {9});
        assertThat(read(new ImageReader(2, 3, 1), image)).containsExactly(9, 9, 9, 9, 9, 9);
    }

    @Test
    void theContentCountsNotTheExtension() throws IOException {
        Path file = directory.resolve("really-a-png.jpg");
        Files.write(file, TestImages.encode("png", 4, 4));
        assertThat(new ImageReader(4, 4, 3).read(file).values()).hasSize(48);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void aTruncatedImageIsNamed(String format) throws IOException {
        byte[] whole = TestImages.encode(format, 16, 16);
        Path file = directory.resolve("half." + format);
        Files.write(file, Arrays.copyOf(whole, whole.length - whole.length / 4));
        assertUnreadable(file);
    }

    @Test
    void aFileThatIsNoImageIsNamed() throws IOException {
        assertUnreadable(Files.writeString(directory.resolve("text.png"), "not an image"));
    }

    @Test
    void anEmptyFileIsNamed() throws IOException {
        assertUnreadable(Files.createFile(directory.resolve("empty.png")));
    }

    @Test
    void aMissingFileIsNamed() {
        assertUnreadable(directory.resolve("missing.png"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void onlyGreyAndColourAreRead(int channels) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReader(8, 8, channels))
                .withMessage("image channels must be 1 (grey) or 3 (colour), not " + channels);
    }

    @Test
    void anImageHasAtLeastOnePixel() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReader(0, 8, 1))
                .withMessage("image size 0x8 must be at least 1x1");
    }

    private void assertUnreadable(Path file) {
        assertThatThrownBy(() -> new ImageReader(8, 8, 1).read(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot read image " + file + ": ")
                .hasMessageNotContaining("\n");
    }

    private float[] read(ImageReader reader, BufferedImage image) throws IOException {
        Path file = directory.resolve("image.png");
        Files.write(file, TestImages.encode("png", image));
        return reader.read(file).values();
    }
}
