package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.train.Augmentation;
import io.github.dl4jcondconv.train.ImageFolder;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import io.github.dl4jcondconv.train.ImageReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * The images of the demo, read as 28x28 grey ones whatever they are.
 *
 * @param training images to learn from
 * @param validation images of the same classes to judge by
 */
public record DemoData(ImageFolder training, ImageFolder validation) {

    private static final int SIZE = 28;
    private static final int TRAINING_BATCH = 64;
    private static final int VALIDATION_BATCH = 100;

    /**
     * @param root a directory with {@code train/<class>/*.png} and {@code val/<class>/*.png}
     * @throws IllegalArgumentException if a folder is missing or empty, naming it
     */
    public static DemoData of(Path root) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("data directory " + root + " does not exist");
        }
        ImageFolder training = ImageFolder.of(root.resolve("train"));
        ImageFolder validation = ImageFolder.of(root.resolve("val"));
        return new DemoData(training, validation.requireClassesOf(training));
    }

    /** Shuffled and augmented batches, the same ones for the same seed. */
    ImageFolderIterator trainingBatches(long seed) {
        return ImageFolderIterator.builder()
                .folder(training)
                .reader(reader())
                .batchSize(TRAINING_BATCH)
                .shuffle(true)
                .seed(seed)
                .augmentation(Augmentation.randomHorizontalFlip().andThen(Augmentation.randomShift(1)))
                .cached(true)
                .build();
    }

    /** All validation images as they are, in the order of the folder. */
    public ImageFolderIterator validationBatches() {
        return ImageFolderIterator.builder()
                .folder(validation)
                .reader(reader())
                .batchSize(VALIDATION_BATCH)
                .cached(true)
                .build();
    }

    /** The size of the images as the networks see them. */
    InputType inputType() {
        return InputType.convolutional(SIZE, SIZE, 1);
    }

    /** How the images are read. */
    public ImageReader reader() {
        return new ImageReader(SIZE, SIZE, 1);
    }
}
