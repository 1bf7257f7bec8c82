package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.MaskedConv2D;
import io.github.dl4jcondconv.layers.SampledConv2D;
import io.github.dl4jcondconv.layers.SampledConvBlock;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/** Convolutions of which only some positions are wanted, computed at all positions. */
final class SampledWriters {
    private static final int MASK_WINDOW = 3;

    private SampledWriters() {}

    static String maskedConv(MaskedConv2D layer, List<String> inputs, VertexScope scope) {
        String sampled = scope.toFloat(scope.op(OnnxOp.GREATER, inputs.get(1), scope.scalar(0)));
        return scope.op(OnnxOp.MUL, convolution(layer, inputs.get(0), scope), sampled);
    }

    static String sampledConv(SampledConv2D layer, List<String> inputs, VertexScope scope) {
        String images = inputs.get(0);
        String mask = SamplingWriter.mask(
                layer, layer.getSampling(), layer.getNIn(), maskWindow(layer), images, scope, "mask");
        String features = convolution(layer, images, scope);
        return InterpolationWriter.interpolate(
                layer.getInterpolation(), layer.getWindow(), layer.getNOut(), features, mask, scope);
    }

    private static String convolution(SampledConvBlock layer, String images, VertexScope scope) {
        String weights = scope.weights("W");
        String[] inputs =
                layer.isHasBias() ? new String[] {images, weights, scope.row("b")} : new String[] {images, weights};
        return Window.of(layer).slide(scope, OnnxOp.CONV, 0, inputs).output();
    }

    /**
     * A window with the same middle as the convolution's; where that would need a negative padding, a larger one. A
     * mask without parameters needs none but the size of the convolution's output.
     */
    private static Window maskWindow(SampledConv2D layer) {
        Window window = Window.of(layer);
        if (layer.getSampling().getGate() == Gate.UNIFORM) {
            return window;
        }
        int[] kernel = {MASK_WINDOW, MASK_WINDOW};
        int[] padding = {0, 0};
        if (window.mode() != ConvolutionMode.Same) {
            for (int axis = 0; axis < 2; axis++) {
                int centred = window.padding()[axis] - (window.extent(axis) - MASK_WINDOW) / 2;
                kernel[axis] += 2 * Math.max(0, -centred);
                padding[axis] = Math.max(0, centred);
            }
        }
        return new Window(kernel, window.stride(), padding, new int[] {1, 1}, window.mode());
    }
}
