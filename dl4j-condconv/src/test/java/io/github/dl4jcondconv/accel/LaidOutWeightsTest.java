package io.github.dl4jcondconv.accel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.onednn.Floats;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class LaidOutWeightsTest {
    /** Rows of whole pages (1024 numbers) and others. */
    @ParameterizedTest
    @CsvSource({"32, 1024, 1, 1", "16, 4096, 1, 1", "48, 1024, 3, 3", "32, 512, 1, 1", "16, 64, 4, 4", "16, 17, 1, 3"})
    void gradientsComeBackAsTheyWere(long outputs, long inputs, long height, long width) {
        INDArray gradients = Nd4j.randn(DataType.FLOAT, outputs, inputs, height, width);
        INDArray result = gradients.like();
        LaidOutWeights.copyBack(blocked(gradients), Memory.of(result));
        assertThat(Floats.values(result)).isEqualTo(Floats.values(gradients));
    }

    private static Memory blocked(INDArray gradients) {
        return Reorder.to(Layout.blocked(gradients.shape()), gradients);
    }
}
