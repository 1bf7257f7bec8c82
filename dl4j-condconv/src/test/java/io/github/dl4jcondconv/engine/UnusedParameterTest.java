package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.ProbeLayer;
import io.github.dl4jcondconv.testing.ProbeNets;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class UnusedParameterTest {
    private final DataSet batch = ProbeNets.batch(DataType.FLOAT, 4);
    private final ComputationGraph net =
            ProbeNets.around(new ProbeLayer.Builder().build(), DataType.FLOAT, new Sgd(0.1));

    @Test
    void itsGradientIsZero() {
        Gradients.of(net, batch);
        // The view is reused from step to step, so whatever it held must go
        net.getLayer("layer").getGradientsViewArray().assign(5);
        INDArray gradient = Gradients.of(net, batch).get("layer_unused");
        assertThat(gradient).isEqualTo(Nd4j.zeros(DataType.FLOAT, 2, 3));
    }

    @Test
    void trainingLeavesItAlone() {
        INDArray before = net.getParam("layer_unused").dup();
        net.fit(batch);
        assertThat(net.getParam("layer_unused")).isEqualTo(before);
    }
}
