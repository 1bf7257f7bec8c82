package io.github.dl4jcondconv.testdata;

import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Writes the image tree of this project from Fashion-MNIST's four {@code idx} files: the first 400 images of each class
 * of the official training split to {@code train/<class>/}, the first 100 of each class of the official test split to
 * {@code val/<class>/}, as 8-bit greyscale PNG. A file is named after its image's index in the official split. The same
 * input gives the same bytes.
 *
 * <p>The class needs nothing but the JDK and runs from source: {@code java FashionMnistTree.java SOURCE TARGET}.
 */
public final class FashionMnistTree {
    /** Directory names in the order of the official labels 0 to 9. */
    static final List<String> CLASSES = List.of(
            "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot");

    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;

    private FashionMnistTree() {}

    /**
     * Runs the program; a failure prints one line and ends with exit code 2.
     *
     * @param args the directory of the {@code idx} files, and the directory that receives {@code train} and {@code val}
     */
    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("usage: java FashionMnistTree.java SOURCE TARGET");
            System.exit(2);
        }
        Path source = Path.of(args[0]);
        Path target = Path.of(args[1]);
        try {
            writeSplit(source, "train", target.resolve("train"), 400);
            writeSplit(source, "t10k", target.resolve("val"), 100);
        } catch (IOException e) {
            System.err.println(e);
            System.exit(2);
        }
    }

    /**
     * Writes the first images of every class of one split.
     *
     * @param source the directory with {@code <split>-images-idx3-ubyte.gz} and {@code <split>-labels-idx1-ubyte.gz}
     * @param split the official name of the split, {@code train} or {@code t10k}
     * @param target the directory that receives one directory per class
     * @param perClass the number of images of each class
     * @throws IOException if a file is missing, truncated or no such idx file, or if a class has too few images
     */
    static void writeSplit(Path source, String split, Path target, int perClass) throws IOException {
        Path imageFile = source.resolve(split + "-images-idx3-ubyte.gz");
        Path labelFile = source.resolve(split + "-labels-idx1-ubyte.gz");
        int[] written = new int[CLASSES.size()];
        try (DataInputStream images = open(imageFile);
                DataInputStream labels = open(labelFile)) {
            require(images.readInt() == IMAGES_MAGIC, "%s is no idx file of images", imageFile);
            require(labels.readInt() == LABELS_MAGIC, "%s is no idx file of labels", labelFile);
            int count = images.readInt();
            require(labels.readInt() == count, "%s has not one label for each of %d images", labelFile, count);
            int height = images.readInt();
            int width = images.readInt();
            for (int i = 0; i < count; i++) {
                byte[] pixels = new byte[height * width];
                images.readFully(pixels);
                int label = labels.readUnsignedByte();
                require(label < written.length, "%s: label %d of image %d is not 0 to 9", labelFile, label, i);
                if (written[label] < perClass) {
                    Path directory = Files.createDirectories(target.resolve(CLASSES.get(label)));
                    Files.write(directory.resolve("%05d.png".formatted(i)), png(pixels, width, height));
                    written[label]++;
                }
            }
        } catch (EOFException | ZipException e) {
            throw new IOException("%s or %s is truncated or no gzip file".formatted(imageFile, labelFile), e);
        }
        for (int label = 0; label < written.length; label++) {
            String name = CLASSES.get(label);
            int found = written[label];
            require(found == perClass, "%s has %d images of %s, %d are needed", imageFile, found, name, perClass);
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))));
    }

    private static void require(boolean condition, String message, Object... values) throws IOException {
        if (!condition) {
            throw new IOException(message.formatted(values));
        }
    }

    private static byte[] png(byte[] pixels, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, width, height, pixels);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam smallest = writer.getDefaultWriteParam();
        smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        smallest.setCompressionQuality(0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), smallest);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
