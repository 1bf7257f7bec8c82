package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.DoublePrecision;
import io.github.dl4jcondconv.testing.GradientCheck;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

@ExtendWith(DoublePrecision.class)
class DropoutTest {
    private final DataSet batch = ProbeNets.batch(DataType.DOUBLE, 6);
    private final ComputationGraph plain = net(new ProbeLayer.Builder());
    private final ComputationGraph dropping = net(new ProbeLayer.Builder().dropOut(0.5));

    private static ComputationGraph net(ProbeLayer.Builder layer) {
        return ProbeNets.around(layer.build(), DataType.DOUBLE, new NoOp());
    }

    private INDArray trainingOutput(ComputationGraph net) {
        Nd4j.getRandom().setSeed(5);
        return net.feedForward(batch.getFeatures(), true).get("layer");
    }

    @Test
    void inputsAreDroppedInTraining() {
        assertThat(trainingOutput(dropping)).isNotEqualTo(trainingOutput(plain));
    }

    @Test
    void nothingIsDroppedAtInference() {
        assertThat(dropping.outputSingle(batch.getFeatures())).isEqualTo(plain.outputSingle(batch.getFeatures()));
    }

    @Test
    void gradientsGoBackThroughWhatWasKept() {
        assertThat(GradientCheck.holds(dropping, batch, "layer_mean")).isTrue();
    }

    @Test
    void otherKindsOfDropoutGoBackToo() {
        ComputationGraph net = net(new ProbeLayer.Builder().dropOut(new GaussianDropout(0.3)));
        assertThat(GradientCheck.holds(net, batch, "layer_mean")).isTrue();
    }

    @Test
    void theNetworksDropoutReachesTheLayer() {
        ComputationGraph net = ProbeNets.around(
                new ProbeLayer.Builder().build(),
                SmallNets.global(DataType.DOUBLE, new NoOp()).dropOut(0.5));
        assertThat(net.getLayer("layer").conf().getLayer().getIDropout()).isNotNull();
    }
}
