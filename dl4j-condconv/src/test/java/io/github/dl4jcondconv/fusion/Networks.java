package io.github.dl4jcondconv.fusion;

import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Small networks for the tests of fusion, with random parameters and random running statistics. */
final class Networks {
    static final int CHANNELS = 3;
    static final int SIZE = 9;

    private Networks() {}

    /** A network in DOUBLE that reads images "in" of {@link #CHANNELS} x {@link #SIZE} x {@link #SIZE}. */
    static ComputationGraph images(Consumer<GraphBuilder> body) {
        return images(DataType.DOUBLE, body);
    }

    static ComputationGraph images(DataType type, Consumer<GraphBuilder> body) {
        return network(type, InputType.convolutional(SIZE, SIZE, CHANNELS), body);
    }

    static ComputationGraph network(DataType type, InputType input, Consumer<GraphBuilder> body) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(12345)
                .dataType(type)
                .updater(new Adam(1e-3))
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input);
        body.accept(builder);
        ComputationGraph graph = new ComputationGraph(builder.build());
        graph.init();
        randomise(graph);
        return graph;
    }

    static ConvolutionLayer convolution(int k, int nOut) {
        return new ConvolutionLayer.Builder(k, k).nOut(nOut).build();
    }

    static BatchNormalization batchNorm() {
        return new BatchNormalization.Builder().build();
    }

    static INDArray batch(ComputationGraph graph) {
        return Nd4j.randn(graph.getConfiguration().getDataType(), 2, CHANNELS, SIZE, SIZE);
    }

    /** Fills every parameter with values of order one that a BatchNormalization can have. */
    static void randomise(ComputationGraph graph) {
        for (Map.Entry<String, INDArray> e : graph.paramTable().entrySet()) {
            INDArray value = e.getValue();
            INDArray positive = Nd4j.rand(DataType.DOUBLE, value.shape()).addi(0.5);
            if (e.getKey().endsWith("log10stdev")) {
                value.assign(Transforms.log(positive).divi(2 * Math.log(10)));
            } else if (e.getKey().contains("_var")) {
                value.assign(positive);
            } else {
                double scale = e.getKey().endsWith("W") ? Math.sqrt(value.size(0) / (double) value.length()) : 1;
                value.assign(Nd4j.randn(DataType.DOUBLE, value.shape()).muli(scale));
            }
        }
    }
}
