package io.github.dl4jcondconv.examples.serve;

import io.github.dl4jcondconv.examples.ImageSize;
import io.github.dl4jcondconv.train.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Serves a model that {@code condconv fuse} wrote, with DL4J alone: {@code ServeParallel FUSED.zip 3x224x224 IMAGE...}
 * prints the scores of each image. Any number of threads may ask; their images are answered in common batches.
 */
public final class ServeParallel implements AutoCloseable {

    private final ParallelInference inference;
    private final ImageReader reader;

    /** Loads a model of NCHW images into two workers. */
    public ServeParallel(Path model, ImageSize size) throws IOException {
        inference = new ParallelInference.Builder(ModelSerializer.restoreComputationGraph(model.toFile(), false))
                .inferenceMode(InferenceMode.BATCHED)
                .batchLimit(32)
                .workers(2)
                .build();
        reader = size.reader();
    }

    /** The scores of one image, its pixels scaled to the range 0 to 1. */
    public float[] scores(Path image) {
        INDArray pixels = Nd4j.createFromArray(reader.read(image).values())
                .divi(255)
                .reshape(1, reader.getChannels(), reader.getHeight(), reader.getWidth());
        return inference.output(pixels).toFloatVector();
    }

    @Override
    public void close() {
        inference.shutdown();
    }

    public static void main(String[] args) throws IOException {
        try (ServeParallel server = new ServeParallel(Path.of(args[0]), ImageSize.parse(args[1]))) {
            Arrays.stream(args, 2, args.length)
                    .parallel()
                    .forEachOrdered(
                            image -> System.out.println(image + " " + Arrays.toString(server.scores(Path.of(image)))));
        }
    }
}
