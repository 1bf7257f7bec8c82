package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** While its mean is 0 and its gamma 1, the probe layer is a dense layer: DL4J's own says what each activation does. */
@ExtendWith(DoublePrecision.class)
class ActivationTest {
    // The same few operations on numbers near 1, perhaps in another order
    private static final double ROUNDING = 1e-13;

    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 5);

    static Stream<IActivation> activations() {
        return Stream.concat(
                Stream.of(Activation.values()).map(Activation::getActivationFunction),
                Stream.of(
                        new ActivationLReLU(0.3),
                        new ActivationELU(0.5),
                        new ActivationReLU(0.8, 0.1, 0.2),
                        new ActivationThresholdedReLU(0.2)));
    }

    private static ComputationGraph stock(IActivation activation) {
        return net(new DenseLayer.Builder().nOut(3).activation(activation).build());
    }

    private static ComputationGraph ours(IActivation activation, ComputationGraph stock) {
        ComputationGraph net =
                net(new ProbeLayer.Builder().activation(activation).build());
        stock.paramTable().forEach(net::setParam);
        return net;
    }

    private static ComputationGraph net(Layer layer) {
        return ProbeNets.around(layer, DataType.DOUBLE, new NoOp());
    }

    @ParameterizedTest
    @MethodSource("activations")
    void outputIsTheStockLayers(IActivation activation) {
        ComputationGraph stock = stock(activation);
        assertThat(ours(activation, stock)
                        .feedForward(batch.getFeatures(), false)
                        .get("layer"))
                .isWithin(
                        ROUNDING, stock.feedForward(batch.getFeatures(), false).get("layer"));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void gradientIsTheStockLayers(IActivation activation) {
        ComputationGraph stock = stock(activation);
        Map<String, INDArray> expected = gradients(stock);
        Map<String, INDArray> actual = gradients(ours(activation, stock));
        expected.forEach((name, e) -> assertThat(actual.get(name)).as(name).isWithin(ROUNDING, e));
    }

    /** RReLU draws its slopes in training. */
    private Map<String, INDArray> gradients(ComputationGraph net) {
        Nd4j.getRandom().setSeed(3);
        return Gradients.of(net, batch);
    }
}
