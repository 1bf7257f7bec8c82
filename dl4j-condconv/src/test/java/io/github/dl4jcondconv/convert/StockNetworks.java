package io.github.dl4jcondconv.convert;

import io.github.dl4jcondconv.layers.AsymmetricConvBlock;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;

/** Configurations of stock layers to convert. */
final class StockNetworks {
    static final Convert ACB = Convert.to(AsymmetricConvBlock.Builder::new);

    private StockNetworks() {}

    static ComputationGraphConfiguration network(Consumer<GraphBuilder> body) {
        return network(InputType.convolutional(12, 12, 2), body);
    }

    static ComputationGraphConfiguration network(InputType input, Consumer<GraphBuilder> body) {
        GraphBuilder builder = SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                .activation(Activation.IDENTITY)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(input)
                .setOutputs("last")
                .validateOutputLayerConfig(false);
        body.accept(builder);
        return builder.build();
    }

    static ConvolutionLayer.Builder conv(int... k) {
        return new ConvolutionLayer.Builder(k).nOut(2);
    }

    /** A convolution of each window, then a residual block with a shortcut. */
    static ComputationGraphConfiguration chain() {
        return network(b -> b.addLayer("c7", conv(7, 7).build(), "in")
                .addLayer("c5", conv(5, 5).build(), "c7")
                .addLayer("c1", conv(1, 1).build(), "c5")
                .addLayer("c3x1", conv(3, 1).build(), "c1")
                .addLayer("c3", conv(3, 3).build(), "c3x1")
                .addLayer("shortcut", conv(3, 3).build(), "c1")
                .addVertex("last", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c3", "shortcut"));
    }

    static <T extends Layer> T layer(Class<T> type, ComputationGraphConfiguration configuration, String name) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return type.cast(graph.getLayer(name).conf().getLayer());
    }

    static MultiLayerConfiguration layersInARow() {
        return SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                .list()
                .layer(conv(3, 3).nIn(2).build())
                .layer(conv(5, 5).nIn(2).build())
                .validateOutputLayerConfig(false)
                .build();
    }
}
