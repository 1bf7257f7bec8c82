package io.github.dl4jcondconv.convert;

import static io.github.dl4jcondconv.convert.StockNetworks.ACB;
import static io.github.dl4jcondconv.convert.StockNetworks.conv;
import static io.github.dl4jcondconv.convert.StockNetworks.layer;
import static io.github.dl4jcondconv.convert.StockNetworks.layersInARow;
import static io.github.dl4jcondconv.convert.StockNetworks.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

/** What goes with a convolution that is replaced. */
class ConvertSettingsTest {
    @Test
    void theBlockHasTheConvolutionsSettings() {
        ConvolutionLayer conv = conv(3, 3)
                .stride(2, 1)
                .dilation(1, 2)
                .activation(Activation.SWISH)
                .updater(new Adam(0.02))
                .l2(0.3)
                .dropOut(0.7)
                .biasInit(0.1)
                .build();
        CondConv2D block = layer(
                CondConv2D.class,
                Convert.to(CondConv2D.Builder::new)
                        .convert(network(
                                InputType.convolutional(12, 12, 2, CNN2DFormat.NHWC),
                                b -> b.addLayer("last", conv, "in")))
                        .network(),
                "last");
        CondConv2D expected = new CondConv2D.Builder(3, 3)
                .name("last")
                .nIn(2)
                .nOut(2)
                .stride(2, 1)
                .dilation(1, 2)
                .convolutionMode(ConvolutionMode.Same)
                .dataFormat(CNN2DFormat.NHWC)
                .activation(Activation.SWISH)
                .weightInit(conv.getWeightInitFn())
                .updater(new Adam(0.02))
                .l2(0.3)
                .dropOut(0.7)
                .biasInit(0.1)
                .build();
        expected.setGradientNormalization(block.getGradientNormalization());
        expected.setGradientNormalizationThreshold(block.getGradientNormalizationThreshold());
        expected.setWeightInitFn(block.getWeightInitFn());
        assertThat(block).isEqualTo(expected);
    }

    @Test
    void aPreProcessorStaysBeforeTheBlock() {
        ComputationGraphConfiguration network = network(
                InputType.feedForward(72),
                b -> b.addLayer("last", conv(3, 3).nIn(2).build(), new FeedForwardToCnnPreProcessor(6, 6, 2), "in"));
        ComputationGraph graph = new ComputationGraph(ACB.convert(network).network());
        graph.init();
        assertThat(graph.outputSingle(SmallNets.batchOf(InputType.feedForward(72), DataType.FLOAT, 3))
                        .shape())
                .containsExactly(3, 2, 6, 6);
    }

    @Test
    void layersInARowBecomeVerticesThatBearTheirNumbers() {
        MultiLayerNetwork network = new MultiLayerNetwork(layersInARow());
        network.init();
        assertThat(ACB.convert(network).report().replaced())
                .extracting(Replacement::vertex)
                .containsExactly("0", "1");
    }
}
