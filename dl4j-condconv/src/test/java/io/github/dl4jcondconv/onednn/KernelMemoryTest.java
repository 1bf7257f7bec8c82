package io.github.dl4jcondconv.onednn;

import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** With -Dkernel.calls=20000 the long form. */
@EnabledIf("io.github.dl4jcondconv.onednn.OneDnn#isAvailable")
class KernelMemoryTest {
    private static final int CALLS = Integer.getInteger("kernel.calls", 1000);

    private final INDArray images = Nd4j.rand(DataType.FLOAT, 2, 16, 12, 12);
    private final INDArray weights = Nd4j.rand(DataType.FLOAT, 16, 16, 3, 3);

    /** Java's heap grows too, but not for ever: what leaks shows in every one of some equal rounds. */
    @Test
    void someRoundOfCallsKeepsLessThanAKilobyteACall() {
        call(CALLS);
        long least = LongStream.range(0, 6).map(round -> growth()).min().orElseThrow();
        assertThat(least).isLessThan(1024L * CALLS);
    }

    private long growth() {
        long before = residentBytes();
        call(CALLS);
        return residentBytes() - before;
    }

    private void call(int times) {
        for (int i = 0; i < times; i++) {
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

    private static long residentBytes() {
        System.gc();
        System.gc();
        return Pointer.physicalBytes();
    }
}
