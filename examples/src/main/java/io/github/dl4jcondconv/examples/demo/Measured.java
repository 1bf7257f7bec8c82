package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.profile.GraphProfile;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network and what it was found to do on the validation images.
 *
 * @param graph the network
 * @param answers what it says to the images
 * @param millisPerImage time for one image in a batch, the median of several passes over all images
 * @param multiplyAdds multiply-adds for one image
 */
public record Measured(ComputationGraph graph, Answers answers, double millisPerImage, long multiplyAdds) {

    private static final int PASSES = 5;

    static Measured of(ComputationGraph graph, DemoData data) {
        ImageFolderIterator images = data.validationBatches();
        Answers answers = Answers.of(graph, images);
        long multiplyAdds =
                GraphProfile.of(graph, data.inputType()).multiplyAdds().orElseThrow();
        return new Measured(graph, answers, millisPerImage(graph, images), multiplyAdds);
    }

    /** Number of values that the network's file holds, running statistics included, as DL4J counts them. */
    public long parameters() {
        return graph.numParams();
    }

    /** The caller has used the network before, so that nothing is measured cold. */
    private static double millisPerImage(ComputationGraph graph, ImageFolderIterator images) {
        List<INDArray> batches = new ArrayList<>();
        images.reset();
        images.forEachRemaining(batch -> batches.add(batch.getFeatures()));
        long count = batches.stream().mapToLong(batch -> batch.size(0)).sum();
        double[] nanos = new double[PASSES];
        for (int pass = 0; pass < PASSES; pass++) {
            long start = System.nanoTime();
            batches.forEach(graph::output);
            nanos[pass] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        return nanos[PASSES / 2] / 1e6 / count;
    }
}
