package io.github.dl4jcondconv.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagesTest {
    @ParameterizedTest
    @CsvSource({"train, 400", "val, 100"})
    void everyClassHasItsImages(String split, int perClass) {
        assertThat(FashionMnistTree.CLASSES)
                .map(name ->
                        TestData.images().resolve(split).resolve(name).toFile().list())
                .allSatisfy(files -> assertThat(files).hasSize(perClass));
    }

    @ParameterizedTest
    @CsvSource({"train", "val"})
    void thereAreNoOtherClasses(String split) {
        assertThat(TestData.images().resolve(split).toFile().list())
                .containsExactlyInAnyOrderElementsOf(FashionMnistTree.CLASSES);
    }

    @Test
    void everyImageIs28x28PixelsOf8BitGrey() throws IOException {
        List<Path> images = files(TestData.images()).stream()
                .filter(file -> file.toString().endsWith(".png"))
                .toList();

        assertThat(images)
                .map(ImagesTest::read)
                .extracting(BufferedImage::getWidth, BufferedImage::getHeight, BufferedImage::getType)
                .containsOnly(tuple(28, 28, BufferedImage.TYPE_BYTE_GRAY));
    }

    @Test
    void imagesAndGoldenVectorsTakeAtMostSixMegabytes() throws IOException {
        long bytes = Stream.concat(files(TestData.images()).stream(), files(Path.of("golden")).stream())
                .mapToLong(file -> file.toFile().length())
                .sum();

        assertThat(bytes).isLessThanOrEqualTo(6_000_000);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    private static BufferedImage read(Path file) {
        try {
            return ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
