package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Answers to one batch. */
record Prediction(ComputationGraph graph, INDArray... inputs) implements Contender {

    @Override
    public List<INDArray> outcome() {
        return List.of(graph.outputSingle(inputs));
    }

    @Override
    public void run() {
        graph.outputSingle(inputs);
    }
}
