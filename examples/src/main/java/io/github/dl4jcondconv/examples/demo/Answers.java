package io.github.dl4jcondconv.examples.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a network says to each of many images.
 *
 * @param probabilities of each class, [images, classes]
 * @param predictions the most probable class of each image
 * @param labels the true class of each image
 */
public record Answers(INDArray probabilities, int[] predictions, int[] labels) {

    /** Asks a network about every image of one pass. */
    static Answers of(ComputationGraph graph, DataSetIterator images) {
        List<INDArray> probabilities = new ArrayList<>();
        List<INDArray> labels = new ArrayList<>();
        images.reset();
        images.forEachRemaining(batch -> {
            probabilities.add(graph.outputSingle(batch.getFeatures()));
            labels.add(batch.getLabels());
        });
        INDArray all = Nd4j.vstack(probabilities);
        return new Answers(
                all, all.argMax(1).toIntVector(), Nd4j.vstack(labels).argMax(1).toIntVector());
    }

    /** Whether the prediction for an image is its true class. */
    public boolean isRight(int image) {
        return predictions[image] == labels[image];
    }

    /** Share of the images whose most probable class is the true one, 0 to 1. */
    public double accuracy() {
        long right = IntStream.range(0, labels.length).filter(this::isRight).count();
        return (double) right / labels.length;
    }

    /** Number of images to which the two give different classes. */
    public long disagreements(Answers other) {
        return IntStream.range(0, predictions.length)
                .filter(i -> predictions[i] != other.predictions[i])
                .count();
    }

    /** The largest absolute difference of any probability. */
    public double largestDifference(Answers other) {
        return probabilities.sub(other.probabilities).amaxNumber().doubleValue();
    }
}
