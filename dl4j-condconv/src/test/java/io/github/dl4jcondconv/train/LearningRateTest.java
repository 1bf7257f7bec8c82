package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.layers.CondConv2D;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;

class LearningRateTest {
    private final ComputationGraph graph = SmallNets.around(
            new CondConv2D.Builder(3).nOut(2).numExperts(2).build(),
            SmallNets.global(DataType.FLOAT, new Nesterovs(0.1, 0.9)),
            InputType.convolutional(5, 5, 2));
    private final DataSet batch = SmallNets.batch(DataType.FLOAT, 4, 5, 5);

    @Test
    void aRateOfZeroStopsLayersOfThisLibraryToo() {
        LearningRate.set(graph, 0);
        INDArray before = graph.params().dup();
        graph.fit(batch);
        assertThat(graph.params()).isEqualTo(before);
    }

    @Test
    void aChangeKeepsTheMomentum() {
        graph.fit(batch);
        INDArray momentum = graph.getUpdater().getStateViewArray().dup();
        LearningRate.set(graph, 0.01);
        assertThat(graph.getUpdater().getStateViewArray()).isEqualTo(momentum);
    }
}
