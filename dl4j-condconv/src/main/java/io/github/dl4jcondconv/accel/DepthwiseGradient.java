package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;

import io.github.dl4jcondconv.kernels.FilterCorrelation;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.Reorder;
import io.github.dl4jcondconv.onednn.Window;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradient of depthwise filters that oneDNN has no code of its own for: other than 3x3, or dilated. */
record DepthwiseGradient(Window window) {
    /** What the names of oneDNN's implementations by such code begin with. */
    private static final String FAST = "jit";

    private static final int GROUPED_RANK = 5;

    /** Whether it takes the place of a kernel for filters' gradients: of one filter a channel, tens of times faster. */
    static boolean replaces(Kernel kernel) {
        long[] filters = kernel.layout(DIFF_WEIGHTS).dims();
        return filters.length == GROUPED_RANK
                && filters[1] == 1
                && filters[2] == 1
                && !kernel.implementation().startsWith(FAST);
    }

    /**
     * Writes the gradients.
     *
     * @param diffBias or null
     */
    void write(Memory src, Memory diffDst, Memory diffWeights, Memory diffBias) {
        long[] images = src.layout().dims();
        Memory x = Reorder.to(Layout.blocked(images), src);
        Memory dy = Reorder.to(Layout.blocked(diffDst.layout().dims()), diffDst);
        Memory ofExamples = new FilterCorrelation(window).gradients(x, dy);
        long filters = ofExamples.layout().elements() / images[0];
        INDArray sum = ofExamples.array().reshape(images[0], filters).sum(0);
        Reorder.copy(new Memory(Layout.dense(diffWeights.layout().dims()), sum), diffWeights);
        if (diffBias != null) {
            ChannelSums.write(diffDst, diffBias);
        }
    }
}
