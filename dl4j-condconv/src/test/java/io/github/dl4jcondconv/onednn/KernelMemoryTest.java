package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.NativeMemory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class KernelMemoryTest {
    private final INDArray images = Nd4j.rand(DataType.FLOAT, 2, 16, 12, 12);
    private final INDArray weights = Nd4j.rand(DataType.FLOAT, 16, 16, 3, 3);

    @Test
    void callsLeaveNothingBehind() {
        assertThat(NativeMemory.isFlat(NativeMemory.calls(100), this::call)).isTrue();
    }

    private void call() {
        Layout layout = Layout.of(images);
        Kernel kernel = new Convolution(
                        layout, Layout.any(weights.shape()), false, layout, new Window(3, 3, 1, 1, 1, 1, 1, 1))
                .forward(true, PostOps.NONE);
        Memory result = Memory.allocate(kernel.layout(DST));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), images),
                WEIGHTS,
                Reorder.to(kernel.layout(WEIGHTS), weights),
                DST,
                result));
    }
}
