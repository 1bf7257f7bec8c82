package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Sampling;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import io.github.dl4jcondconv.layers.SamplingMask;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Masks, in their deterministic form. */
final class SamplingWriter {
    private SamplingWriter() {}

    static String samplingMask(SamplingMask layer, List<String> inputs, VertexScope scope) {
        Window window = Window.of(layer);
        return mask(layer, layer.getSampling(), layer.getNIn(), window, inputs.get(0), scope, "");
    }

    /**
     * The mask [N, 1, H', W'] that a layer predicts from an image by a convolution of 3x3 weights.
     *
     * @param layer whose errors are reported
     * @param window that brings the weights to the mask's positions; larger than 3x3 it has zeros around them
     * @param stem of the parameters' names W and b
     */
    static String mask(
            Object layer,
            Sampling sampling,
            long channels,
            Window window,
            String images,
            VertexScope scope,
            String stem) {
        if (isRandom(sampling) && !scope.options().deterministicSampling()) {
            scope.reject(
                    layer,
                    "its inference is SAMPLED: noise of the image's size cannot be written; choose inference"
                            + " DETERMINISTIC, or OnnxOptions.withDeterministicSampling(true) to export that form");
        }
        String logits = logits(channels, window, images, scope, stem);
        String mask = sampling.getGridInterval() == null
                ? chosen(sampling, logits, scope)
                : withGrid(sampling, logits, scope);
        boolean unchanged = sampling.getGate() == Gate.UNIFORM || sampling.getDenseFrom() == null;
        return unchanged ? mask : denseFrom(sampling.getDenseFrom(), mask, scope);
    }

    /** All of an image whose mask samples so much of it. */
    private static String denseFrom(double share, String mask, VertexScope scope) {
        String sampled = scope.toFloat(scope.op(OnnxOp.GREATER, mask, scope.scalar(0)));
        String density = scope.node(OnnxOp.REDUCE_MEAN, sampled)
                .with("axes", 1, 2, 3)
                .with("keepdims", 1)
                .output();
        String whole = scope.toFloat(scope.op(OnnxOp.GREATER_OR_EQUAL, density, scope.scalar(share)));
        return scope.op(OnnxOp.MAX, mask, whole);
    }

    private static boolean isRandom(Sampling sampling) {
        return sampling.getGate() == Gate.STOCHASTIC && sampling.getInference() == Inference.SAMPLED;
    }

    /** Without parameters zeros, for the mask's size. */
    private static String logits(long channels, Window window, String images, VertexScope scope, String stem) {
        INDArray weights = scope.param(stem + "W");
        if (weights == null) {
            INDArray zeros = Nd4j.zeros(DataType.FLOAT, 1, channels, window.kernel()[0], window.kernel()[1]);
            return window.slide(scope, OnnxOp.CONV, 0, images, scope.weights("size", zeros))
                    .output();
        }
        int rows = (window.kernel()[0] - 3) / 2;
        int columns = (window.kernel()[1] - 3) / 2;
        INDArray centred = Nd4j.pad(weights, new int[][] {{0, 0}, {0, 0}, {rows, rows}, {columns, columns}});
        return window.slide(scope, OnnxOp.CONV, 0, images, scope.weights("W", centred), scope.row(stem + "b"))
                .output();
    }

    /** What the logits choose. */
    private static String chosen(Sampling sampling, String logits, VertexScope scope) {
        if (sampling.getGate() == Gate.RELU) {
            return scope.op(OnnxOp.CLIP, logits, scope.scalar(0), scope.scalar(1));
        }
        String binary = scope.toFloat(scope.op(OnnxOp.GREATER_OR_EQUAL, logits, scope.scalar(0)));
        if (!sampling.isSoftInference()) {
            return binary;
        }
        String scaled = scope.op(OnnxOp.DIV, logits, scope.scalar(sampling.getInferenceTemperature()));
        return scope.op(OnnxOp.MUL, scope.op(OnnxOp.SIGMOID, scaled), binary);
    }

    /** 1 at every n-th row and column; elsewhere what the logits choose, or for UNIFORM their zeros. */
    private static String withGrid(Sampling sampling, String logits, VertexScope scope) {
        String size = scope.op(OnnxOp.SHAPE, logits);
        String rows = everyNth(size, 2, sampling.getGridInterval(), scope);
        String columns = everyNth(size, 3, sampling.getGridInterval(), scope);
        String grid = scope.op(OnnxOp.MUL, scope.op(OnnxOp.UNSQUEEZE, rows, scope.longs(1)), columns);
        String elsewhere = sampling.getGate() == Gate.UNIFORM ? logits : chosen(sampling, logits, scope);
        return scope.op(OnnxOp.MAX, elsewhere, grid);
    }

    /** 1, 0, 0, ..., 1, 0, ... as long as a dimension. */
    private static String everyNth(String shape, long dimension, int n, VertexScope scope) {
        String length = scope.op(
                OnnxOp.SQUEEZE, scope.op(OnnxOp.SLICE, shape, scope.longs(dimension), scope.longs(dimension + 1)));
        String positions = scope.op(OnnxOp.RANGE, scope.index(0), length, scope.index(1));
        String rest = scope.op(OnnxOp.MOD, positions, scope.index(n));
        return scope.toFloat(scope.op(OnnxOp.EQUAL, rest, scope.index(0)));
    }
}
