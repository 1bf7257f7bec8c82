package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.NdArrayAssert;
import io.github.dl4jcondconv.testing.Sample;
import io.github.dl4jcondconv.testing.SmallNets;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Training in a network, whose workspaces come and go between forward and backward pass. */
class KernelTrainingTest {
    private static final int STEPS = 4;

    private static INDArray trained(Sample sample, WorkspaceMode workspaces) {
        ComputationGraph net = sample.net(SmallNets.global(DataType.FLOAT, new Sgd(0.1))
                .trainingWorkspaceMode(workspaces)
                .inferenceWorkspaceMode(workspaces));
        DataSet batch = sample.batch(DataType.FLOAT, 4);
        for (int i = 0; i < STEPS; i++) {
            net.fit(batch);
        }
        return net.params();
    }

    @ParameterizedTest
    @EnumSource(names = {"COND_CONV", "DEPTHWISE_COND_CONV", "ASYMMETRIC", "WEIGHT_NET"})
    @EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
    void trainsAsTheDefinitionDoes(Sample sample) {
        INDArray expected = Kernels.off(() -> trained(sample, WorkspaceMode.ENABLED));
        // Each step adds the rounding of one pass
        NdArrayAssert.assertThat(trained(sample, WorkspaceMode.ENABLED)).isCloseTo(expected, STEPS * 1e-5);
    }

    @ParameterizedTest
    @EnumSource(names = {"COND_CONV", "ASYMMETRIC"})
    void trainsWithoutWorkspacesAsWithThem(Sample sample) {
        INDArray expected = trained(sample, WorkspaceMode.ENABLED);
        NdArrayAssert.assertThat(trained(sample, WorkspaceMode.NONE)).isCloseTo(expected, STEPS * 1e-5);
    }
}
