package io.github.dl4jcondconv.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import lombok.AccessLevel;
import lombok.AllArgsConstructor;
import lombok.Getter;

/**
 * An ImageNet-style folder: one sub-folder a class, holding the images of that class as {@code root/<class>/<image>}.
 *
 * <p>Classes are numbered from 0 in the order of their names; images are listed class by class in the order of their
 * names, so that the listing is the same on every machine. Names that start with a dot, files without one of the
 * {@link #EXTENSIONS} and deeper folders are ignored. Nothing is decoded here.
 */
@Getter
@AllArgsConstructor(access = AccessLevel.PRIVATE)
public final class ImageFolder {

    /** The file name extensions, in lower case, that count as images. */
    public static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff");

    private final Path root;
    private final List<String> classes;
    private final List<LabelledImage> images;

    /**
     * One image file.
     *
     * @param file the encoded image
     * @param label the number of its class, from 0
     */
    public record LabelledImage(Path file, int label) {}

    /**
     * Lists a folder.
     *
     * @throws IllegalArgumentException if the folder does not exist, has no class folder, or a class folder has no
     *     image; the message names the path
     */
    public static ImageFolder of(Path root) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException(
                    "image folder " + root + (Files.exists(root) ? " is not a directory" : " does not exist"));
        }
        List<Path> folders = list(root, Files::isDirectory);
        if (folders.isEmpty()) {
            throw new IllegalArgumentException(
                    "image folder " + root + " has no class folder; images belong in " + root.resolve("<class>"));
        }
        List<LabelledImage> images = new ArrayList<>();
        for (int label = 0; label < folders.size(); label++) {
            for (Path file : imagesOf(folders.get(label))) {
                images.add(new LabelledImage(file, label));
            }
        }
        List<String> classes =
                folders.stream().map(folder -> folder.getFileName().toString()).toList();
        return new ImageFolder(root, classes, List.copyOf(images));
    }

    /**
     * Checks that this folder and a training folder have the same classes, which is what makes their labels mean the
     * same.
     *
     * @return this
     * @throws IllegalArgumentException if a class is missing here or unknown there; the message names the path
     */
    public ImageFolder requireClassesOf(ImageFolder training) {
        for (String name : training.classes) {
            if (!classes.contains(name)) {
                throw new IllegalArgumentException(
                        "class " + name + " of " + training.root + " is missing: no folder " + root.resolve(name));
            }
        }
        for (String name : classes) {
            if (!training.classes.contains(name)) {
                throw new IllegalArgumentException("class folder " + root.resolve(name)
                        + " is not among the classes of " + training.root + ": " + String.join(", ", training.classes));
            }
        }
        return this;
    }

    private static List<Path> imagesOf(Path folder) {
        List<Path> files = list(folder, file -> Files.isRegularFile(file) && EXTENSIONS.contains(extension(file)));
        if (files.isEmpty()) {
            throw new IllegalArgumentException("class folder " + folder + " holds no image ("
                    + String.join(", ", EXTENSIONS.stream().sorted().toList()) + ")");
        }
        return files;
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .filter(wanted)
                    .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
