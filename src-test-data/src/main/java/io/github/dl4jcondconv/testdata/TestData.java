package io.github.dl4jcondconv.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The data of this project: a tree of real images, and golden vectors that another engine computed. */
public final class TestData {
    private static final String IMAGES_PROPERTY = "condconv.images";
    private static final Path IMAGES = Path.of("src-test-data", "images");

    private TestData() {}

    /**
     * Finds the tree of Fashion-MNIST images: {@code train/<class>/*.png} with 400 and {@code val/<class>/*.png} with 100
     * images of each of 10 classes, 28x28 pixels, 8-bit greyscale.
     *
     * @return the directory that the system property {@code condconv.images} names; without it {@code
     *     src-test-data/images} in the working directory or the nearest directory above that has one
     * @throws IllegalStateException if there is no such directory
     */
    public static Path images() {
        return images(System.getProperty(IMAGES_PROPERTY), Path.of("").toAbsolutePath());
    }

    static Path images(String property, Path workingDirectory) {
        if (property != null) {
            Path configured = Path.of(property);
            if (!Files.isDirectory(configured)) {
                throw new IllegalStateException(
                        "system property %s: there is no directory %s".formatted(IMAGES_PROPERTY, configured));
            }
            return configured;
        }
        for (Path directory = workingDirectory; directory != null; directory = directory.getParent()) {
            if (Files.isDirectory(directory.resolve(IMAGES))) {
                return directory.resolve(IMAGES);
            }
        }
        throw new IllegalStateException("there is no directory %s in %s or above it; -D%s=DIRECTORY names another"
                .formatted(IMAGES, workingDirectory, IMAGES_PROPERTY));
    }

    /**
     * Lists the golden vectors of a layer.
     *
     * @param layer a directory of {@code golden}, such as {@code condconv2d}
     * @return the names of its cases
     * @throws IllegalArgumentException if there are none of that layer
     */
    public static List<String> goldenNames(String layer) {
        byte[] index = resource(layer + "/index.txt");
        return new String(index, StandardCharsets.UTF_8).lines().toList();
    }

    /**
     * Reads one golden vector.
     *
     * @param layer the layer
     * @param name the case, one of {@link #goldenNames}
     * @return its configuration and tensors
     * @throws IllegalArgumentException if there is no such case
     */
    public static GoldenCase golden(String layer, String name) {
        String path = "%s/%s.safetensors".formatted(layer, name);
        byte[] bytes = resource(path);
        try {
            Safetensors content = Safetensors.parse(path, bytes);
            return new GoldenCase(name, content.metadata(), content.tensors());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] resource(String path) {
        try (InputStream in = TestData.class.getResourceAsStream("golden/" + path)) {
            if (in == null) {
                throw new IllegalArgumentException("there are no golden vectors " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("golden vectors " + path, e);
        }
    }
}
