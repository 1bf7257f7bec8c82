package io.github.dl4jcondconv.examples;

import io.github.dl4jcondconv.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A few of the shipped images, in a folder that a test may damage. */
public final class SmallImages {

    private SmallImages() {}

    /** Copies the first images of some classes of train and val. */
    public static Path copy(Path root, int train, int val, String... classes) throws IOException {
        for (String name : classes) {
            copy(root, "train/" + name, train);
            copy(root, "val/" + name, val);
        }
        return root;
    }

    private static void copy(Path root, String folder, int count) throws IOException {
        Path target = Files.createDirectories(root.resolve(folder));
        for (Path image : first(TestData.images().resolve(folder), count)) {
            Files.copy(image, target.resolve(image.getFileName()));
        }
    }

    private static List<Path> first(Path folder, int count) throws IOException {
        try (Stream<Path> images = Files.list(folder)) {
            return images.sorted().limit(count).toList();
        }
    }
}
