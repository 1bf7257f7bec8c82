package io.github.dl4jcondconv.examples.demo;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/** Keeps the mean loss of the training steps of each epoch. */
final class MeanLossListener extends BaseTrainingListener {

    private final List<DoubleSummaryStatistics> epochs = new ArrayList<>();

    @Override
    public void onEpochStart(Model model) {
        epochs.add(new DoubleSummaryStatistics());
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        epochs.get(epochs.size() - 1).accept(model.score());
    }

    List<Double> byEpoch() {
        return epochs.stream().map(DoubleSummaryStatistics::getAverage).toList();
    }
}
