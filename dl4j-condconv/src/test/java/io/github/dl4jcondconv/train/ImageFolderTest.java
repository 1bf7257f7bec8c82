package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dl4jcondconv.testdata.TestData;
import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir
    Path root;

    @Test
    void classesAreNumberedInTheOrderOfTheirNames() throws IOException {
        touch("dog/1.png", "cat/1.png", "ape/1.png");
        assertThat(ImageFolder.of(root).getClasses()).containsExactly("ape", "cat", "dog");
    }

    @Test
    void imagesAreListedClassByClassInTheOrderOfTheirNames() throws IOException {
        touch("dog/b.png", "dog/a.png", "cat/2.png", "cat/10.png");
        assertThat(ImageFolder.of(root).getImages())
                .containsExactly(
                        image("cat/10.png", 0), image("cat/2.png", 0), image("dog/a.png", 1), image("dog/b.png", 1));
    }

    @Test
    void everyExtensionCountsInAnyCase() throws IOException {
        for (String extension : ImageFolder.EXTENSIONS) {
            touch("cat/lower." + extension, "cat/UPPER." + extension.toUpperCase());
        }
        assertThat(ImageFolder.of(root).getImages()).hasSize(2 * ImageFolder.EXTENSIONS.size());
    }

    @Test
    void hiddenNamesOtherFilesAndDeeperFoldersAreIgnored() throws IOException {
        touch("cat/1.png", "cat/.2.png", "cat/notes.txt", "cat/png", "cat/deeper/3.png", ".hidden/4.png", "5.png");
        assertThat(ImageFolder.of(root).getImages()).containsExactly(image("cat/1.png", 0));
    }

    @Test
    void theShippedImagesHaveAsManyOfEachClass() {
        ImageFolder folder = ImageFolder.of(TestData.images().resolve("train"));
        assertThat(folder.getImages().stream()
                        .collect(Collectors.groupingBy(LabelledImage::label, Collectors.counting()))
                        .values())
                .hasSize(10)
                .containsOnly(400L);
    }

    @Test
    void aFolderThatDoesNotExistIsNamed() {
        Path missing = root.resolve("missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageFolder.of(missing))
                .withMessage("image folder %s does not exist", missing);
    }

    @Test
    void aFileInPlaceOfTheFolderIsNamed() throws IOException {
        touch("file");
        Path file = root.resolve("file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageFolder.of(file))
                .withMessage("image folder %s is not a directory", file);
    }

    @Test
    void aFolderWithoutClassesIsNamed() throws IOException {
        touch("1.png");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageFolder.of(root))
                .withMessage("image folder %s has no class folder; images belong in %s", root, root.resolve("<class>"));
    }

    @Test
    void anEmptyClassFolderIsNamed() throws IOException {
        touch("cat/1.png", "dog/notes.txt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageFolder.of(root))
                .withMessageStartingWith("class folder %s holds no image", root.resolve("dog"));
    }

    @Test
    void aClassMissingFromValidationIsNamed() throws IOException {
        touch("train/cat/1.png", "train/dog/1.png", "val/cat/1.png");
        ImageFolder training = ImageFolder.of(root.resolve("train"));
        ImageFolder validation = ImageFolder.of(root.resolve("val"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> validation.requireClassesOf(training))
                .withMessageContaining("class dog")
                .withMessageContaining(root.resolve("val/dog").toString());
    }

    @Test
    void aClassThatOnlyValidationHasIsNamed() throws IOException {
        touch("train/cat/1.png", "val/cat/1.png", "val/dog/1.png");
        ImageFolder training = ImageFolder.of(root.resolve("train"));
        ImageFolder validation = ImageFolder.of(root.resolve("val"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> validation.requireClassesOf(training))
                .withMessageContaining(root.resolve("val/dog").toString());
    }

    private LabelledImage image(String path, int label) {
        return new LabelledImage(root.resolve(path), label);
    }

    private void touch(String... paths) throws IOException {
        for (String path : paths) {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }
}
