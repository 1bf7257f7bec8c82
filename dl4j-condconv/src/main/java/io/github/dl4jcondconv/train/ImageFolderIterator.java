package io.github.dl4jcondconv.train;

import io.github.dl4jcondconv.train.ImageFolder.LabelledImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lombok.Builder;
import lombok.Getter;
import lombok.NonNull;
import lombok.Setter;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of an {@link ImageFolder}, for {@code fit} and {@code evaluate}.
 *
 * <p>Features are FLOAT [batch, channels, height, width] or, for NHWC, [batch, height, width, channels]; labels are
 * FLOAT one-hot [batch, classes]; the last batch of a pass may be smaller. The images of a batch are decoded in
 * parallel.
 *
 * <p>When shuffled, every pass has an order of its own. Order and augmentation depend on the seed and on the number of
 * passes so far and on nothing else, so that runs repeat. {@link #reset()} ends a pass; before the first batch of a
 * pass it does nothing.
 *
 * <p>It does not support {@code AsyncDataSetIterator}: DL4J's wrapper waits for ever when a batch fails, and a damaged
 * image must stop the training with its name. Not safe for use by several threads.
 */
public final class ImageFolderIterator implements DataSetIterator {

    private final ImageFolder folder;
    private final ImageReader reader;
    private final int batchSize;
    private final boolean shuffle;
    private final long seed;
    private final Augmentation augmentation;
    private final PixelScaling scaling;
    private final CNN2DFormat dataFormat;
    private final List<Pixels> cache;

    @Getter
    @Setter
    private DataSetPreProcessor preProcessor;

    private int pass;
    private int cursor;
    private List<Integer> order;
    private SplittableRandom random;

    /**
     * @param folder the images
     * @param reader decodes them, all to one size
     * @param batchSize images in a batch; 32 by default
     * @param shuffle whether every pass has an order of its own; false, the order of the folder, by default
     * @param seed of order and augmentation; 0 by default
     * @param augmentation a random change to every image; none by default
     * @param scaling from pixels to features; to the range 0 to 1 by default
     * @param dataFormat NCHW by default
     * @param cached whether to decode all images now and keep them, at 4 bytes a pixel and channel; false by default
     */
    @Builder
    private ImageFolderIterator(
            @NonNull ImageFolder folder,
            @NonNull ImageReader reader,
            int batchSize,
            boolean shuffle,
            long seed,
            @NonNull Augmentation augmentation,
            @NonNull PixelScaling scaling,
            @NonNull CNN2DFormat dataFormat,
            boolean cached) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch size must be at least 1, not " + batchSize);
        }
        scaling.requireChannels(reader.getChannels());
        this.folder = folder;
        this.reader = reader;
        this.batchSize = batchSize;
        this.shuffle = shuffle;
        this.seed = seed;
        this.augmentation = augmentation;
        this.scaling = scaling;
        this.dataFormat = dataFormat;
        this.cache = cached ? decodeAll() : null;
        startPass();
    }

    /** The defaults; Lombok adds the verbs. */
    @SuppressWarnings("unused")
    public static class ImageFolderIteratorBuilder {
        private int batchSize = 32;
        private Augmentation augmentation = Augmentation.NONE;
        private PixelScaling scaling = PixelScaling.toUnit();
        private CNN2DFormat dataFormat = CNN2DFormat.NCHW;
    }

    /** The number of batches in one pass. */
    public int batches() {
        return (order.size() + batchSize - 1) / batchSize;
    }

    @Override
    public boolean hasNext() {
        return cursor < order.size();
    }

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    @Override
    public DataSet next(int size) {
        if (!hasNext()) {
            throw new NoSuchElementException(
                    "the pass over " + folder.getRoot() + " is complete; reset() starts another");
        }
        List<Integer> batch = order.subList(cursor, Math.min(cursor + size, order.size()));
        cursor += batch.size();
        DataSet data = new DataSet(features(batch), labels(batch));
        if (preProcessor != null) {
            preProcessor.preProcess(data);
        }
        return data;
    }

    @Override
    public void reset() {
        if (cursor > 0) {
            pass++;
            startPass();
        }
    }

    private void startPass() {
        cursor = 0;
        random = new SplittableRandom(31 * seed + pass);
        order = new ArrayList<>(
                IntStream.range(0, folder.getImages().size()).boxed().toList());
        if (shuffle) {
            Collections.shuffle(order, new Random(random.nextLong()));
        }
    }

    private INDArray features(List<Integer> batch) {
        // each image has a generator of its own, made here, so that the threads cannot change what it draws
        List<SplittableRandom> randoms =
                Stream.generate(random::split).limit(batch.size()).toList();
        int length = reader.getChannels() * reader.getHeight() * reader.getWidth();
        float[] values = new float[batch.size() * length];
        IntStream.range(0, batch.size()).parallel().forEach(i -> {
            float[] image = prepare(batch.get(i), randoms.get(i)).values();
            System.arraycopy(image, 0, values, i * length, length);
        });
        INDArray nchw = Nd4j.createFromArray(values)
                .reshape(batch.size(), reader.getChannels(), reader.getHeight(), reader.getWidth());
        return dataFormat == CNN2DFormat.NCHW ? nchw : nchw.permute(0, 2, 3, 1).dup('c');
    }

    private Pixels prepare(int index, RandomGenerator random) {
        Pixels image = cache == null ? decode(index) : cache.get(index).copy();
        augmentation.apply(image, random);
        scaling.scale(image);
        return image;
    }

    private INDArray labels(List<Integer> batch) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, batch.size(), totalOutcomes());
        for (int row = 0; row < batch.size(); row++) {
            LabelledImage image = folder.getImages().get(batch.get(row));
            labels.putScalar(row, image.label(), 1);
        }
        return labels;
    }

    private Pixels decode(int index) {
        return reader.read(folder.getImages().get(index).file());
    }

    private List<Pixels> decodeAll() {
        return IntStream.range(0, folder.getImages().size())
                .parallel()
                .mapToObj(this::decode)
                .toList();
    }

    @Override
    public int inputColumns() {
        return reader.getChannels() * reader.getHeight() * reader.getWidth();
    }

    @Override
    public int totalOutcomes() {
        return folder.getClasses().size();
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public List<String> getLabels() {
        return folder.getClasses();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    @Override
    public boolean asyncSupported() {
        return false;
    }
}
