package io.github.dl4jcondconv.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTreeTest {
    private static final int HEIGHT = 3;
    private static final int WIDTH = 5;
    private static final int IMAGES = 20;

    @TempDir
    private Path source;

    @TempDir
    private Path target;

    private final byte[] pixels = new byte[IMAGES * HEIGHT * WIDTH];
    private final byte[] labels = new byte[IMAGES];

    @BeforeEach
    void twoImagesOfEveryClass() throws IOException {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 37);
        }
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = (byte) (i % 10);
        }
        writeImages(IMAGES);
        writeLabels(0x801);
    }

    @Test
    void aFileHoldsThePixelsOfTheImageItIsNamedAfter() throws IOException {
        FashionMnistTree.writeSplit(source, "toy", target, 2);

        Object read = ImageIO.read(target.resolve("bag/00018.png").toFile())
                .getRaster()
                .getDataElements(0, 0, WIDTH, HEIGHT, null);
        assertThat((byte[]) read).isEqualTo(Arrays.copyOfRange(pixels, 18 * HEIGHT * WIDTH, 19 * HEIGHT * WIDTH));
    }

    @Test
    void theFirstImagesOfAClassAreTaken() throws IOException {
        FashionMnistTree.writeSplit(source, "toy", target, 1);

        assertThat(target.resolve("bag").toFile().list()).containsExactly("00008.png");
    }

    @Test
    void aClassWithTooFewImagesIsReported() {
        assertThatIOException()
                .isThrownBy(() -> FashionMnistTree.writeSplit(source, "toy", target, 3))
                .withMessageEndingWith("has 2 images of t-shirt, 3 are needed");
    }

    @Test
    void aFileOfAnotherKindIsReported() throws IOException {
        writeLabels(0x803);

        assertThatIOException()
                .isThrownBy(() -> FashionMnistTree.writeSplit(source, "toy", target, 1))
                .withMessageEndingWith("toy-labels-idx1-ubyte.gz is no idx file of labels");
    }

    @Test
    void aTruncatedFileIsReported() throws IOException {
        Path images = source.resolve("toy-images-idx3-ubyte.gz");
        byte[] whole = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(whole, whole.length / 2));

        assertThatIOException()
                .isThrownBy(() -> FashionMnistTree.writeSplit(source, "toy", target, 1))
                .withMessageEndingWith("is truncated or no gzip file");
    }

    @Test
    void differentCountsOfImagesAndLabelsAreReported() throws IOException {
        writeImages(IMAGES - 1);

        assertThatIOException()
                .isThrownBy(() -> FashionMnistTree.writeSplit(source, "toy", target, 1))
                .withMessageEndingWith("has not one label for each of 19 images");
    }

    private void writeImages(int count) throws IOException {
        writeIdx("toy-images-idx3-ubyte.gz", pixels, 0x803, count, HEIGHT, WIDTH);
    }

    private void writeLabels(int magic) throws IOException {
        writeIdx("toy-labels-idx1-ubyte.gz", labels, magic, IMAGES);
    }

    private void writeIdx(String file, byte[] body, int... header) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(source.resolve(file))))) {
            for (int value : header) {
                out.writeInt(value);
            }
            out.write(body);
        }
    }
}
