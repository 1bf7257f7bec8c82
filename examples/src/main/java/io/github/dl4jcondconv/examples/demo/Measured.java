package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.analysis.SamplingMasks;
import io.github.dl4jcondconv.profile.Counting;
import io.github.dl4jcondconv.profile.GraphProfile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * A network and what it was found to do on the validation images.
 *
 * @param graph the network
 * @param answers what it says to the images
 * @param millisPerImage time for one image in a batch
 * @param multiplyAdds multiply-adds for one image, at its mean densities
 * @param densities the share of positions that each mask samples, by vertex; empty where nothing is sampled
 */
public record Measured(
        ComputationGraph graph,
        Answers answers,
        double millisPerImage,
        long multiplyAdds,
        Map<String, Double> densities) {

    static Measured of(ComputationGraph graph, DemoData data, double millisPerImage) {
        Map<String, Double> densities = densities(graph, data.validationBatches());
        GraphProfile profile =
                GraphProfile.of(graph.getConfiguration(), Counting.STANDARD.withDensities(densities), data.inputType());
        return new Measured(
                graph,
                Answers.of(graph, data.validationBatches()),
                millisPerImage,
                profile.multiplyAdds().orElseThrow(),
                densities);
    }

    private static Map<String, Double> densities(ComputationGraph graph, DataSetIterator images) {
        Map<String, Double> sums = new LinkedHashMap<>();
        int count = 0;
        while (images.hasNext()) {
            INDArray batch = images.next().getFeatures();
            int size = (int) batch.size(0);
            SamplingMasks.densities(graph, batch)
                    .forEach((mask, density) -> sums.merge(mask, size * density, Double::sum));
            count += size;
        }
        int all = count;
        sums.replaceAll((mask, sum) -> sum / all);
        return sums;
    }

    /** Number of values that the network's file holds, running statistics included, as DL4J counts them. */
    public long parameters() {
        return graph.numParams();
    }
}
