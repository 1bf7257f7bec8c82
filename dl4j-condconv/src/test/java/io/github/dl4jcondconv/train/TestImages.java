package io.github.dl4jcondconv.train;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;

/** Encoded images for tests. */
final class TestImages {

    private TestImages() {}

    /** Colour noise, encoded by an encoder that is not OpenCV. */
    static byte[] encode(String format, int width, int height) throws IOException {
        return encode(format, noise(width, height));
    }

    static byte[] encode(String format, BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("no encoder for " + format);
        }
        return bytes.toByteArray();
    }

    /** An image folder whose classes hold this many images each. */
    static Path folder(Path root, int imagesOfEach, String... classes) throws IOException {
        Random random = new Random(5);
        for (String name : classes) {
            Path folder = Files.createDirectories(root.resolve(name));
            for (int i = 0; i < imagesOfEach; i++) {
                BufferedImage image = new BufferedImage(6, 5, BufferedImage.TYPE_BYTE_GRAY);
                byte[] pixels = new byte[30];
                random.nextBytes(pixels);
                image.getRaster().setDataElements(0, 0, 6, 5, pixels);
                Files.write(folder.resolve(i + ".png"), encode("png", image));
            }
        }
        return root;
    }

    private static BufferedImage noise(int width, int height) {
        Random random = new Random(3);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return image;
    }
}
