package io.github.dl4jcondconv.kernels;

import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Images;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import java.util.Map;
import java.util.function.Function;

/**
 * y = after(x * W + b) at inference. Images are (N, channels, H, W) in memory as they like.
 *
 * @param kernels (nOut, nIn, kH, kW)
 */
public record PlainConvolution(Window window, long[] kernels, PostOps after) {

    /**
     * Computes y.
     *
     * @param fixed whether the weights are laid out once for many calls
     * @param weights gives them in the layout that oneDNN wants
     * @param bias [nOut]
     * @param y to be overwritten
     */
    public void run(Memory x, boolean fixed, Function<Layout, Memory> weights, Memory bias, Memory y) {
        Convolution convolution = new Convolution(
                Images.preferred(x.layout().dims()),
                Layout.any(kernels),
                true,
                Layout.blocked(y.layout().dims()),
                window);
        // What the kernel of inference wants takes long to make of changing weights
        Kernel kernel = convolution.forward(!fixed, after);
        Memory result = y.layout().equals(kernel.layout(DST)) ? y : Memory.allocate(kernel.layout(DST));
        kernel.run(Map.of(
                SRC,
                Reorder.to(kernel.layout(SRC), x),
                WEIGHTS,
                weights.apply(kernel.layout(WEIGHTS)),
                BIAS,
                bias,
                DST,
                result));
        if (result != y) {
            Reorder.copy(result, y);
        }
    }
}
