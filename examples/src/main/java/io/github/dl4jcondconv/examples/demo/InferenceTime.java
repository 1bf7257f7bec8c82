package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.train.ImageFolderIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How long networks take to answer. */
final class InferenceTime {

    private static final int PASSES = 5;

    private InferenceTime() {}

    /**
     * Measures networks in turn, so that whatever else the machine does meets all of them; the fastest of several
     * passes over the images counts, after one that only warms up.
     *
     * @return for each network, milliseconds for one image in a batch
     */
    static double[] millisPerImage(ImageFolderIterator images, ComputationGraph... networks) {
        List<INDArray> batches = new ArrayList<>();
        images.reset();
        images.forEachRemaining(batch -> batches.add(batch.getFeatures()));
        long count = batches.stream().mapToLong(batch -> batch.size(0)).sum();
        double[] fastest = new double[networks.length];
        Arrays.fill(fastest, Double.POSITIVE_INFINITY);
        for (int pass = 0; pass <= PASSES; pass++) {
            for (int i = 0; i < networks.length; i++) {
                double millis = millis(networks[i], batches) / count;
                fastest[i] = pass == 0 ? fastest[i] : Math.min(fastest[i], millis);
            }
        }
        return fastest;
    }

    private static double millis(ComputationGraph network, List<INDArray> batches) {
        long start = System.nanoTime();
        batches.forEach(network::output);
        return (System.nanoTime() - start) / 1e6;
    }
}
