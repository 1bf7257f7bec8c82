package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.export.VertexScope.PerExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Convolution of each example with a kernel of its own, for a batch of any size: 1x1 kernels as one product of matrices,
 * others in a Scan over the examples. That is one convolution an example, however the kernels were made.
 *
 * <p>ONNX has no convolution with a kernel for each example, and a grouped one needs the batch size as an attribute.
 * Windows gathered into matrices, by slices or by a convolution with unit filters, were measured 0.9 to 4 times as slow
 * as the Scan, 1.4 in the middle.
 *
 * @param nIn input channels
 * @param nOut output channels
 * @param group 1, or nIn for a depthwise convolution
 */
record ExampleKernels(Window window, long nIn, long nOut, long group) {
    /** Up to so many convolutions with fixed filters are no slower, measured in ONNX Runtime 1.23 on a CPU. */
    private static final int FASTER_CONVOLUTIONS = 1;

    private static final int FASTER_DEPTHWISE_CONVOLUTIONS = 4;

    /** Whether a number of convolutions of the whole batch with fixed filters is no slower than this. */
    boolean isSlowerThan(int convolutions) {
        return convolutions <= (group == 1 ? FASTER_CONVOLUTIONS : FASTER_DEPTHWISE_CONVOLUTIONS);
    }

    /**
     * @param images [N, nIn, H, W]
     * @param kernels [N, nOut nIn / group kH kW]
     * @param biases [N, nOut], the static one added, or null if there is no other than the parameter bs
     */
    String convolve(VertexScope scope, String images, String kernels, String biases) {
        if (group == 1 && window.isOnePixel()) {
            return multiply(scope, images, kernels, biases);
        }
        List<PerExample> perExample =
                new ArrayList<>(List.of(new PerExample(images, image(nIn)), new PerExample(kernels, (String) null)));
        if (biases != null) {
            perExample.add(new PerExample(biases, Long.toString(nOut)));
        }
        return scope.scan(perExample, image(nOut), this::convolveOne);
    }

    private static String[] image(long channels) {
        return new String[] {Long.toString(channels), null, null};
    }

    /** One image [nIn, H, W] with its kernel and bias. */
    private String convolveOne(VertexScope body, List<String> parts) {
        String batchOfOne = body.op(OnnxOp.UNSQUEEZE, parts.get(0), body.longs(0));
        long[] shape = {nOut, nIn / group, window.kernel()[0], window.kernel()[1]};
        List<String> inputs =
                new ArrayList<>(List.of(batchOfOne, body.op(OnnxOp.RESHAPE, parts.get(1), body.longs(shape))));
        if (parts.size() > 2) {
            inputs.add(parts.get(2));
        } else if (body.param("bs") != null) {
            inputs.add(body.row("bs"));
        }
        String result = window.slide(body, OnnxOp.CONV, 0, inputs.toArray(String[]::new))
                .with("group", group)
                .output();
        return body.op(OnnxOp.SQUEEZE, result, body.longs(0));
    }

    /** Kernels [N, nOut, nIn] times pixels [N, nIn, H' W']. */
    private String multiply(VertexScope scope, String images, String kernels, String biases) {
        String kept = window.subsample(scope, images);
        String matrices = scope.op(OnnxOp.RESHAPE, kernels, scope.longs(-1, nOut, nIn));
        String sums = scope.op(OnnxOp.MATMUL, matrices, scope.op(OnnxOp.RESHAPE, kept, scope.longs(0, nIn, -1)));
        if (biases != null) {
            sums = scope.op(OnnxOp.ADD, sums, scope.op(OnnxOp.UNSQUEEZE, biases, scope.longs(2)));
        } else if (scope.param("bs") != null) {
            sums = scope.op(
                    OnnxOp.ADD, sums, scope.weights("bs", scope.param("bs").reshape(nOut, 1)));
        }
        String size = scope.op(OnnxOp.SLICE, scope.op(OnnxOp.SHAPE, kept), scope.longs(2), scope.longs(4));
        String shape = scope.node(OnnxOp.CONCAT, scope.longs(0, nOut), size)
                .with("axis", 0)
                .output();
        return scope.op(OnnxOp.RESHAPE, sums, shape);
    }
}
