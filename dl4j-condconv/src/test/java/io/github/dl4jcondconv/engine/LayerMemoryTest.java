package io.github.dl4jcondconv.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.Kernels;
import io.github.dl4jcondconv.testing.NativeMemory;
import io.github.dl4jcondconv.testing.Sample;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** By their kernels, where they have some, and by their definitions: neither ND4J nor oneDNN may keep what a pass made. */
class LayerMemoryTest {
    private static final int CALLS = NativeMemory.calls(20);

    private static boolean isFlat(Sample sample) {
        ComputationGraph net = sample.net(DataType.FLOAT, new Sgd(0.01));
        DataSet batch = sample.batch(DataType.FLOAT, 4);
        return NativeMemory.isFlat(CALLS, () -> {
            net.fit(batch);
            net.outputSingle(batch.getFeatures());
        });
    }

    @ParameterizedTest
    @EnumSource
    void trainingAndPredictingLeaveNothingBehind(Sample sample) {
        assertThat(isFlat(sample)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SAMPLED_CONV", "MASKED_CONV", "INTERPOLATION"})
    void sparseKernelsLeaveNothingBehind(Sample sample) {
        assertThat(Kernels.alwaysSparse(() -> isFlat(sample))).isTrue();
    }
}
