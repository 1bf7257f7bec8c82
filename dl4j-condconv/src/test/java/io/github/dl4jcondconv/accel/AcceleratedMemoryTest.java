package io.github.dl4jcondconv.accel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.NativeMemory;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

/** Random networks that have every kind of accelerated layer between them. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class AcceleratedMemoryTest {
    private static final int CALLS = NativeMemory.calls(20);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void trainingLeavesNothingBehind(long seed) {
        RandomNetwork network = new RandomNetwork(seed);
        ComputationGraph graph = network.stock();
        CpuAcceleration.accelerate(graph);
        DataSet batch = network.batch();
        assertThat(NativeMemory.isFlat(CALLS, () -> graph.fit(batch))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void predictingLeavesNothingBehind(long seed) {
        RandomNetwork network = new RandomNetwork(seed);
        ComputationGraph graph = network.stock();
        CpuAcceleration.accelerateForInference(graph);
        DataSet batch = network.batch();
        assertThat(NativeMemory.isFlat(CALLS, () -> graph.output(batch.getFeatures())))
                .isTrue();
    }
}
