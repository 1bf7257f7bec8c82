package io.github.dl4jcondconv.train;

import io.github.dl4jcondconv.engine.SameDiffBlock;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Changes the learning rate of a network in the middle of its training. */
public final class LearningRate {
    private LearningRate() {}

    /**
     * Sets one fixed learning rate for all layers and keeps the updaters' state. DL4J's own
     * {@code ComputationGraph.setLearningRate} skips every layer that is no BaseLayer, and so all SameDiff layers
     * (NetworkUtils.setLearningRate). A schedule in the updater needs neither.
     */
    public static void set(ComputationGraph graph, double learningRate) {
        for (Layer layer : graph.getLayers()) {
            if (layer.conf().getLayer() instanceof SameDiffBlock block
                    && block.getUpdater().hasLearningRate()) {
                block.getUpdater().setLrAndSchedule(learningRate, null);
            }
        }
        // Last: it rebuilds the updaters from the layers' settings
        graph.setLearningRate(learningRate);
    }
}
