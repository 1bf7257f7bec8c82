package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

@ExtendWith(DoublePrecision.class)
class AuxiliaryLossTest {
    private static final double FACTOR = 0.7;
    // Sums of a few dozen doubles near 1
    private static final double ROUNDING = 1e-13;

    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);
    private final ComputationGraph with = net(FACTOR);
    private final ComputationGraph without = net(0);

    private static ComputationGraph net(double factor) {
        return ProbeNets.around(new ProbeLayer.Builder().auxiliaryLoss(factor).build(), DataType.DOUBLE, new NoOp());
    }

    /** The mean of h squared, computed outside the engine. */
    private double expected() {
        INDArray x = with.feedForward(batch.getFeatures(), false).get("before");
        INDArray h = x.mmul(with.getParam("layer_W")).addiRowVector(with.getParam("layer_b"));
        return FACTOR * Transforms.pow(h, 2).meanNumber().doubleValue();
    }

    @Test
    void trainingScoreRisesByExactlyTheAuxiliaryLoss() {
        assertThat(with.score(batch, true) - without.score(batch, true)).isEqualTo(expected(), within(ROUNDING));
    }

    @Test
    void scoreOfATrainingStepHasTheAuxiliaryLoss() {
        double expected = expected();
        with.fit(batch);
        without.fit(batch);
        assertThat(with.score() - without.score()).isEqualTo(expected, within(ROUNDING));
    }

    @Test
    void inferenceScoreHasNoAuxiliaryLoss() {
        assertThat(with.score(batch, false)).isEqualTo(without.score(batch, false));
    }

    @Test
    void inferenceAfterTrainingForgetsTheAuxiliaryLoss() {
        with.score(batch, true);
        assertThat(with.score(batch, false)).isEqualTo(without.score(batch, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void gradientHasTheAuxiliaryLossWhateverTheBatchSize(int size) {
        assertThat(GradientCheck.holds(with, ProbeNets.batch(DataType.DOUBLE, size), "layer_mean"))
                .isTrue();
    }

    @Test
    void auxiliaryLossChangesTheTrainingStep() {
        ComputationGraph a =
                ProbeNets.around(new ProbeLayer.Builder().auxiliaryLoss(FACTOR).build(), DataType.DOUBLE, new Sgd(0.1));
        ComputationGraph b = ProbeNets.around(new ProbeLayer.Builder().build(), DataType.DOUBLE, new Sgd(0.1));
        a.fit(batch);
        b.fit(batch);
        assertThat(a.getParam("layer_W")).isNotEqualTo(b.getParam("layer_W"));
    }

    @Test
    void frozenLayerHasNoAuxiliaryLoss() {
        ProbeLayer layer = new ProbeLayer.Builder().auxiliaryLoss(FACTOR).build();
        ComputationGraph frozen = ProbeNets.around(new FrozenLayer(layer), DataType.DOUBLE, new NoOp());
        assertThat(frozen.score(batch, true)).isEqualTo(without.score(batch, false));
    }
}
