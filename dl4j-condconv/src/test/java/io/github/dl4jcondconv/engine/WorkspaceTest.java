package io.github.dl4jcondconv.engine;

import static io.github.dl4jcondconv.testing.NdArrayAssert.assertEqual;
import static io.github.dl4jcondconv.testing.NdArrayAssert.assertThat;

import io.github.dl4jcondconv.testing.Gradients;
import io.github.dl4jcondconv.testing.Sample;
import io.github.dl4jcondconv.testing.SmallNets;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** Workspaces decide where an array lies, never what is in it: everything must be equal to the last bit. */
class WorkspaceTest {
    static Stream<Arguments> samples() {
        return Stream.of(Sample.values())
                .flatMap(s -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(s, type)));
    }

    /** Trained for a few steps of changing size, since a workspace's memory is used again from the second on. */
    private static ComputationGraph trained(Sample sample, DataType type, WorkspaceMode mode) {
        ComputationGraph net = sample.net(
                SmallNets.global(type, new Sgd(0.1)).trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode));
        for (int size : new int[] {4, 4, 2, 5, 4}) {
            net.fit(sample.batch(type, size));
        }
        return net;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void workspacesDoNotChangeTraining(Sample sample, DataType type) {
        assertThat(trained(sample, type, WorkspaceMode.ENABLED).params())
                .isEqualTo(trained(sample, type, WorkspaceMode.NONE).params());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void workspacesDoNotChangeGradients(Sample sample, DataType type) {
        Map<String, INDArray> with = Gradients.of(trained(sample, type, WorkspaceMode.ENABLED), sample.batch(type, 3));
        Map<String, INDArray> without = Gradients.of(trained(sample, type, WorkspaceMode.NONE), sample.batch(type, 3));
        assertEqual(with, without);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void workspacesDoNotChangeInference(Sample sample, DataType type) {
        ComputationGraph with = trained(sample, type, WorkspaceMode.ENABLED);
        ComputationGraph without = trained(sample, type, WorkspaceMode.NONE);
        INDArray features = sample.batch(type, 3).getFeatures();
        assertThat(with.outputSingle(features)).isEqualTo(without.outputSingle(features));
    }
}
