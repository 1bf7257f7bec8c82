package io.github.dl4jcondconv.examples.demo;

import io.github.dl4jcondconv.accel.CpuAcceleration;
import io.github.dl4jcondconv.fusion.FusionResult;
import io.github.dl4jcondconv.fusion.GraphFuser;
import io.github.dl4jcondconv.layers.SparsityLoss;
import io.github.dl4jcondconv.train.ImageFolderIterator;
import io.github.dl4jcondconv.train.ProgressBarListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains, fuses and measures one network.
 *
 * @param data the images
 * @param epochs passes over the training images
 * @param seed of the first weights, the order of the images and their augmentation
 * @param accelerated whether DL4J's own layers run on oneDNN
 */
public record Training(DemoData data, int epochs, long seed, boolean accelerated) {

    /** Trains, fuses and measures a network of one kind of block. */
    public Contestant run(BlockKind kind) {
        return run(kind.name().toLowerCase(Locale.ROOT), configuration(kind));
    }

    /** The same for the network of sampled blocks under another weight of its sparsity loss. */
    public Contestant runSampled(double sparsityWeight) {
        return run(
                "sampled, weight " + sparsityWeight,
                SparsityLoss.weigh(configuration(BlockKind.SAMPLED), sparsityWeight));
    }

    private ComputationGraphConfiguration configuration(BlockKind kind) {
        ImageFolderIterator batches = data.trainingBatches(seed);
        return DemoNetwork.configuration(
                kind, data.inputType(), batches.totalOutcomes(), epochs * batches.batches(), seed);
    }

    private Contestant run(String name, ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        if (accelerated) {
            CpuAcceleration.accelerate(graph);
        }
        long start = System.nanoTime();
        Curve curve = fit(name, graph, data.trainingBatches(seed));
        double seconds = (System.nanoTime() - start) / 1e9;
        FusionResult fusion = GraphFuser.fuse(graph, data.inputType());
        if (accelerated) {
            CpuAcceleration.accelerateForInference(fusion.graph());
        }
        double[] millis = InferenceTime.millisPerImage(data.validationBatches(), graph, fusion.graph());
        return new Contestant(
                name,
                curve,
                seconds,
                Measured.of(graph, data, millis[0]),
                Measured.of(fusion.graph(), data, millis[1]),
                fusion.report());
    }

    private Curve fit(String name, ComputationGraph graph, ImageFolderIterator batches) {
        DataSetIterator validation = data.validationBatches();
        MeanLossListener loss = new MeanLossListener();
        List<Double> accuracy = new ArrayList<>();
        try (ProgressBarListener progress = new ProgressBarListener(name, epochs, batches.batches())) {
            graph.setListeners(progress, loss);
            for (int epoch = 0; epoch < epochs; epoch++) {
                graph.fit(batches);
                accuracy.add(Answers.of(graph, validation).accuracy());
            }
        } finally {
            graph.setListeners();
        }
        return new Curve(loss.byEpoch(), accuracy);
    }
}
