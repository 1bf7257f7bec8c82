package io.github.dl4jcondconv.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.CondConv2D;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class RoutingWeightsTest {

    /** The router's weight is 1 and its bias 0, so a constant image of value v has the routing weight sigmoid(v). */
    @Test
    void meansAreTakenOverTheImagesOfEachClass() {
        ComputationGraph graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(4, 4, 1))
                .addLayer(
                        "layer", new CondConv2D.Builder(3).nOut(2).numExperts(1).build(), "image")
                .setOutputs("layer")
                .validateOutputLayerConfig(false)
                .build());
        graph.init();
        graph.getLayer("layer").getParam("routingW").assign(1);
        List<DataSet> images = List.of(image(2, 0), image(-1, 1), image(0, 0));

        Map<String, INDArray> means = RoutingWeights.meanByClass(graph, new ListDataSetIterator<>(images, 2));

        assertThat(means).containsOnlyKeys("layer");
        // FLOAT: three roundings of a number below 1
        assertThat(means.get("layer").getDouble(0, 0)).isCloseTo((sigmoid(2) + sigmoid(0)) / 2, within(1e-6));
        assertThat(means.get("layer").getDouble(1, 0)).isCloseTo(sigmoid(-1), within(1e-6));
    }

    private static DataSet image(double value, int label) {
        INDArray oneHot = Nd4j.zeros(1, 2);
        oneHot.putScalar(0, label, 1);
        return new DataSet(Nd4j.valueArrayOf(new long[] {1, 1, 4, 4}, value).castTo(oneHot.dataType()), oneHot);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
