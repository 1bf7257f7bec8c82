package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.profile.GraphProfile;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A network and what it was found to do on the validation images.
 *
 * @param graph the network
 * @param answers what it says to the images
 * @param millisPerImage time for one image in a batch
 * @param multiplyAdds multiply-adds for one image
 */
public record Measured(ComputationGraph graph, Answers answers, double millisPerImage, long multiplyAdds) {

    static Measured of(ComputationGraph graph, DemoData data, double millisPerImage) {
        return new Measured(
                graph,
                Answers.of(graph, data.validationBatches()),
                millisPerImage,
                GraphProfile.of(graph, data.inputType()).multiplyAdds().orElseThrow());
    }

    /** Number of values that the network's file holds, running statistics included, as DL4J counts them. */
    public long parameters() {
        return graph.numParams();
    }
}
