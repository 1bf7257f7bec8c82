package io.github.dl4jcondconv.export;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;

/** Small graphs to export. */
final class Graphs {
    private Graphs() {}

    /** Input "in" through these layers, one after the other, named "0", "1", ...; the last is the output. */
    static ComputationGraph of(Layer... layers) {
        var builder = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .graphBuilder()
                .addInputs("in");
        String previous = "in";
        for (int i = 0; i < layers.length; i++) {
            builder.addLayer(Integer.toString(i), layers[i], previous);
            previous = Integer.toString(i);
        }
        return init(builder.setOutputs(previous));
    }

    static ComputationGraph init(org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder builder) {
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        return graph;
    }
}
