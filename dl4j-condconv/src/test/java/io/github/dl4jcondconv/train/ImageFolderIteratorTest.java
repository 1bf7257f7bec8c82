package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jcondconv.train.ImageFolderIterator.ImageFolderIteratorBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class ImageFolderIteratorTest {

    private static final int IMAGES = 21;

    @TempDir
    Path root;

    private ImageFolderIteratorBuilder builder;

    @BeforeEach
    void setUp() throws IOException {
        builder = ImageFolderIterator.builder()
                .folder(ImageFolder.of(TestImages.folder(root, 7, "ape", "cat", "dog")))
                .reader(new ImageReader(5, 6, 1))
                .batchSize(8);
    }

    @Test
    void aPassHasEveryImageOnceInTheOrderOfTheFolder() {
        int[] labels = pass(builder.build()).getLabels().argMax(1).toIntVector();
        assertThat(labels).isEqualTo(IntStream.range(0, IMAGES).map(i -> i / 7).toArray());
    }

    @Test
    void batchesHaveTheSizeAskedForAndTheLastTheRest() {
        List<Long> sizes = new ArrayList<>();
        builder.build().forEachRemaining(batch -> sizes.add(batch.getFeatures().size(0)));
        assertThat(sizes).containsExactly(8L, 8L, 5L);
    }

    @Test
    void theNumberOfBatchesIsKnownBefore() {
        assertThat(builder.build().batches()).isEqualTo(3);
    }

    @Test
    void featuresArePixelsFromZeroToOneByDefault() {
        DataSet first = builder.build().next();
        Pixels image = new ImageReader(5, 6, 1).read(root.resolve("ape/0.png"));
        PixelScaling.toUnit().scale(image);
        assertThat(first.getFeatures().slice(0).ravel().toFloatVector()).isEqualTo(image.values());
    }

    @Test
    void theSameSeedGivesTheSamePassesOneAfterAnother() {
        ImageFolderIterator one = randomised(4).build();
        ImageFolderIterator other = randomised(4).build();
        for (int pass = 0; pass < 3; pass++) {
            assertThat(pass(one)).isEqualTo(pass(other));
        }
    }

    @Test
    void anotherSeedGivesAnotherOrder() {
        assertThat(pass(builder.shuffle(true).seed(4).build()))
                .isNotEqualTo(pass(builder.shuffle(true).seed(5).build()));
    }

    @Test
    void everyPassHasItsOwnOrder() {
        ImageFolderIterator iterator = builder.shuffle(true).build();
        assertThat(pass(iterator)).isNotEqualTo(pass(iterator));
    }

    @Test
    void aShuffledPassHasEveryImageOnce() {
        assertThat(sortedImages(builder.shuffle(true).build()))
                .isEqualTo(sortedImages(builder.shuffle(false).build()));
    }

    @Test
    void augmentationDiffersFromPassToPass() {
        ImageFolderIterator iterator =
                builder.augmentation(Augmentation.randomShift(2)).build();
        assertThat(pass(iterator)).isNotEqualTo(pass(iterator));
    }

    @Test
    void aResetBeforeTheFirstBatchChangesNothing() {
        ImageFolderIterator reset = randomised(4).build();
        reset.reset();
        reset.reset();
        assertThat(pass(reset)).isEqualTo(pass(randomised(4).build()));
    }

    @Test
    void aResetInTheMiddleOfAPassStartsTheNext() {
        ImageFolderIterator interrupted = randomised(4).build();
        interrupted.next();
        interrupted.reset();
        ImageFolderIterator whole = randomised(4).build();
        pass(whole);
        assertThat(pass(interrupted)).isEqualTo(pass(whole));
    }

    @Test
    void cachingChangesNoValue() {
        ImageFolderIterator cached = randomised(4).cached(true).build();
        ImageFolderIterator read = randomised(4).cached(false).build();
        for (int pass = 0; pass < 2; pass++) {
            assertThat(pass(cached)).isEqualTo(pass(read));
        }
    }

    @Test
    void theGlobalRandomGeneratorIsLeftAlone() {
        Nd4j.getRandom().setSeed(99);
        double expected = Nd4j.getRandom().nextDouble();
        Nd4j.getRandom().setSeed(99);
        pass(randomised(4).build());
        assertThat(Nd4j.getRandom().nextDouble()).isEqualTo(expected);
    }

    @Test
    void nhwcIsNchwWithTheChannelsLast() {
        builder.reader(new ImageReader(5, 6, 3));
        INDArray nchw = builder.dataFormat(CNN2DFormat.NCHW).build().next().getFeatures();
        INDArray nhwc = builder.dataFormat(CNN2DFormat.NHWC).build().next().getFeatures();
        assertThat(nhwc).isEqualTo(nchw.permute(0, 2, 3, 1));
    }

    @Test
    void aPreProcessorSeesEveryBatch() {
        ImageFolderIterator iterator = builder.build();
        iterator.setPreProcessor(batch -> batch.getFeatures().assign(7));
        assertThat(pass(iterator).getFeatures().minNumber().intValue()).isEqualTo(7);
    }

    @Test
    void afterTheLastBatchComesNone() {
        ImageFolderIterator iterator = builder.build();
        pass(iterator);
        assertThatThrownBy(iterator::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining(root.toString());
    }

    @Test
    void aCachedIteratorFindsADamagedImageAtOnce() throws IOException {
        truncate(root.resolve("dog/3.png"));
        assertThatThrownBy(() -> builder.cached(true).build())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(root.resolve("dog/3.png").toString());
    }

    /** Behind DL4J's AsyncMultiDataSetIterator, which fit uses where it may, this would never end. */
    @Test
    @Timeout(60)
    void aDamagedImageStopsTheTrainingWithItsName() throws IOException {
        truncate(root.resolve("dog/3.png"));
        ComputationGraph graph = linearClassifier();
        ImageFolderIterator iterator = builder.build();
        assertThatThrownBy(() -> graph.fit(iterator))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(root.resolve("dog/3.png").toString());
    }

    @Test
    void aBatchHasAtLeastOneImage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.batchSize(0).build())
                .withMessage("batch size must be at least 1, not 0");
    }

    @Test
    void scalingHasStatisticsForTheChannelsOfTheImages() {
        double[] three = {0.5, 0.5, 0.5};
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        builder.scaling(PixelScaling.standardise(three, three)).build())
                .withMessage("pixel scaling has statistics for 3 channels, the images have 1");
    }

    private ImageFolderIteratorBuilder randomised(long seed) {
        return builder.shuffle(true)
                .seed(seed)
                .augmentation(Augmentation.randomHorizontalFlip().andThen(Augmentation.randomShift(1)));
    }

    private static DataSet pass(ImageFolderIterator iterator) {
        iterator.reset();
        List<DataSet> batches = new ArrayList<>();
        iterator.forEachRemaining(batches::add);
        return DataSet.merge(batches);
    }

    private static List<String> sortedImages(ImageFolderIterator iterator) {
        return pass(iterator).asList().stream()
                .map(image -> image.getFeatures().ravel() + " " + image.getLabels())
                .sorted()
                .toList();
    }

    private static void truncate(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    }

    private static ComputationGraph linearClassifier() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(5, 6, 1))
                .addLayer(
                        "class",
                        new OutputLayer.Builder()
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "image")
                .setOutputs("class")
                .build());
        graph.init();
        return graph;
    }
}
