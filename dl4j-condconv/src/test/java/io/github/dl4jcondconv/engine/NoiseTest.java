package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class NoiseTest {
    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 4);
    private final ComputationGraph net =
            ProbeNets.around(new ProbeLayer.Builder().noise(true).build(), DataType.DOUBLE, new NoOp());

    private INDArray trainingOutput() {
        return net.feedForward(batch.getFeatures(), true).get("layer");
    }

    @Test
    void backwardPassSeesTheNoiseOfItsForwardPass() {
        assertThat(GradientCheck.holds(net, batch, "layer_mean")).isTrue();
    }

    @Test
    void eachPassDrawsAnew() {
        assertThat(trainingOutput()).isNotEqualTo(trainingOutput());
    }

    @Test
    void theSameSeedDrawsTheSameNoise() {
        Nd4j.getRandom().setSeed(3);
        INDArray first = trainingOutput();
        Nd4j.getRandom().setSeed(3);
        assertThat(trainingOutput()).isEqualTo(first);
    }

    @Test
    void noiseIsUniformFromZeroToOne() {
        ComputationGraph linear = ProbeNets.around(
                new ProbeLayer.Builder()
                        .noise(true)
                        .activation(Activation.IDENTITY)
                        .build(),
                DataType.DOUBLE,
                new NoOp());
        // h = 1 for every element, so that the output is the noise plus one half
        linear.getParam("layer_W").assign(0);
        linear.getParam("layer_b").assign(1);
        INDArray drawn = linear.feedForward(
                        ProbeNets.batch(DataType.DOUBLE, 2000).getFeatures(), true)
                .get("layer")
                .sub(0.5);
        assertThat(drawn.minNumber().doubleValue()).isBetween(0.0, 0.01);
        assertThat(drawn.maxNumber().doubleValue()).isBetween(0.99, 1.0);
        // The mean of 6000 draws has a standard deviation of 0.0037
        assertThat(drawn.meanNumber().doubleValue()).isBetween(0.48, 0.52);
    }

    @Test
    void inferenceDrawsNothing() {
        assertThat(net.outputSingle(batch.getFeatures())).isEqualTo(net.outputSingle(batch.getFeatures()));
    }
}
