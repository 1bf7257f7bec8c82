package io.github.dl4jcondconv.fusion;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;

/** Whether a layer sees zeros around its input. */
final class Padding {
    private Padding() {}

    /** True if no output of the layer depends on padding, whatever the size of its input. */
    static boolean none(Layer layer) {
        if (!(layer instanceof ConvolutionLayer conv)) {
            return true;
        }
        int[] reason = conv.getConvolutionMode() == ConvolutionMode.Same ? conv.getKernelSize() : conv.getPadding();
        int harmless = conv.getConvolutionMode() == ConvolutionMode.Same ? 1 : 0;
        return Arrays.stream(reason).allMatch(r -> r == harmless);
    }
}
