package io.github.dl4jcondconv.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

@ExtendWith(DoublePrecision.class)
class SparsityLossTest {
    // Sums of a few dozen doubles near 1
    private static final double ROUNDING = 1e-13;
    private static final double LOGIT_1 = 0.3;
    private static final double LOGIT_2 = -1.2;

    private final DataSet batch = SmallNets.batch(DataType.DOUBLE, 4, 5, 5);

    private static SamplingMask mask(Gate gate, double weight) {
        return new SamplingMask.Builder()
                .sampling(Sampling.builder()
                        .gate(gate)
                        .gridInterval(null)
                        .sparsityWeight(weight)
                        .build())
                .build();
    }

    /** Two masks one after the other; weights are zero, so that each one's logits are its bias. */
    private static ComputationGraphConfiguration twoMasks(double weight1, double weight2) {
        return SmallNets.global(DataType.DOUBLE, new NoOp())
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(5, 5, 2))
                .addLayer("mask1", mask(Gate.STOCHASTIC, weight1), "in")
                .addLayer("mask2", mask(Gate.STOCHASTIC, weight2), "mask1")
                .addLayer("pool", new GlobalPoolingLayer(), "mask2")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(SmallNets.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "pool")
                .setOutputs("out")
                .build();
    }

    private double trainingScore(ComputationGraphConfiguration configuration) {
        ComputationGraph net = new ComputationGraph(configuration);
        net.init();
        net.getParam("mask1_b").assign(LOGIT_1);
        net.getParam("mask2_b").assign(LOGIT_2);
        Nd4j.getRandom().setSeed(5);
        return net.score(batch, true);
    }

    private static double probability(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    @Test
    void scoreHasEachMasksMeanProbabilityTimesItsWeight() {
        double loss = trainingScore(twoMasks(0.25, 0.75)) - trainingScore(twoMasks(0, 0));
        assertThat(loss).isEqualTo(0.25 * probability(LOGIT_1) + 0.75 * probability(LOGIT_2), within(ROUNDING));
    }

    @Test
    void theNetworksWeightIsSharedByTheMasksWeights() {
        double loss = trainingScore(SparsityLoss.weigh(twoMasks(1, 3), 0.1)) - trainingScore(twoMasks(0, 0));
        assertThat(loss).isEqualTo(0.1 * (0.25 * probability(LOGIT_1) + 0.75 * probability(LOGIT_2)), within(ROUNDING));
    }

    @Test
    void weighingLeavesTheGivenConfigurationAlone() {
        ComputationGraphConfiguration given = twoMasks(1, 3);
        String before = given.toJson();
        SparsityLoss.weigh(given, 0.1);
        assertThat(given.toJson()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = Gate.class,
            names = {"STOCHASTIC", "DETERMINISTIC", "RELU"})
    void gradientHasTheLossOfEveryMaskWithParameters(Gate gate) {
        ComputationGraph net = SmallNets.around(
                mask(gate, 2), SmallNets.global(DataType.DOUBLE, new NoOp()), InputType.convolutional(5, 5, 2));
        INDArray w = net.getParam("layer_W");
        w.assign(Nd4j.randn(w.dataType(), w.shape()).muli(0.3));
        // In the middle of the clipped ReLU, so that its slope is checked as well
        net.getParam("layer_b").assign(0.5);
        assertThat(GradientCheck.holds(net, batch)).isTrue();
    }

    @Test
    void aHeavierLossLowersTheProbabilitiesMore() {
        assertThat(probabilityAfterTraining(4)).isLessThan(probabilityAfterTraining(1));
    }

    private double probabilityAfterTraining(double weight) {
        ComputationGraph net = SmallNets.around(
                mask(Gate.STOCHASTIC, weight),
                SmallNets.global(DataType.DOUBLE, new Sgd(0.5)),
                InputType.convolutional(5, 5, 2));
        for (int step = 0; step < 20; step++) {
            net.fit(batch);
        }
        return probability(net.getParam("layer_b").getDouble(0));
    }

    @Test
    void aNetworkWithoutWeightedMasksIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparsityLoss.weigh(twoMasks(0, 0), 0.1))
                .withMessageContaining("2 masks, none with a sparsityWeight above 0");
    }

    @Test
    void aNegativeWeightIsRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SparsityLoss.weigh(twoMasks(1, 1), -0.1))
                .withMessageContaining("is -0.1, allowed: at least 0");
    }
}
