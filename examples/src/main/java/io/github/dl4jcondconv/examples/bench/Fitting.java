package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import java.util.stream.DoubleStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Training steps on one batch. The outcome is the loss of the first steps: it tells gradients and updates apart. */
record Fitting(ComputationGraph graph, DataSet batch) implements Contender {
    /** Further steps would only compare how rounding grows. */
    static final int COMPARED_STEPS = 3;

    @Override
    public List<INDArray> outcome() {
        double[] losses =
                DoubleStream.generate(this::loss).limit(COMPARED_STEPS).toArray();
        return List.of(Nd4j.createFromArray(losses).castTo(batch.getFeatures().dataType()));
    }

    private double loss() {
        run();
        return graph.score();
    }

    @Override
    public void run() {
        graph.fit(batch);
    }
}
