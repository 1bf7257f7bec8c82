package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Images with all channels of a pixel side by side. */
@EnabledIf("io.github.dl4jcondconv.testing.Kernels#areAvailable")
class PixelsTest {

    @Test
    void aConvolutionOfOneSmallImageIsCompiledToMachineCode() {
        long[] images = {1, 32, 4, 4};
        assumeThat(Images.areBetterInOneBlock(images)).isTrue();
        Convolution convolution = new Convolution(
                Layout.pixels(images),
                Layout.any(32, 32, 3, 3),
                true,
                Layout.pixels(images),
                new Window(3, 3, 1, 1, 1, 1, 1, 1));
        assertThat(convolution.forward(false, PostOps.NONE).implementation()).doesNotStartWith("ref");
    }
}
