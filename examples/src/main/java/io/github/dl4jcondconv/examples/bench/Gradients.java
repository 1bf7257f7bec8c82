package io.github.dl4jcondconv.examples.bench;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Forward and backward pass of a one-layer network with a given gradient of its output. */
record Gradients(ComputationGraph graph, INDArray input, INDArray upstream, String weights) implements Contender {

    @Override
    public List<INDArray> outcome() {
        INDArray output = pass();
        return List.of(output, graph.gradient().getGradientFor(weights).dup());
    }

    @Override
    public void run() {
        pass();
    }

    private INDArray pass() {
        INDArray[] inputs = {input};
        INDArray output = graph.feedForward(inputs, true, false).get(Networks.LAYER);
        graph.backpropGradient(upstream);
        return output;
    }
}
