package io.github.dl4jcondconv.layers;

import io.github.dl4jcondconv.engine.BlockGraph;
import io.github.dl4jcondconv.layers.Sampling.Gate;
import io.github.dl4jcondconv.layers.Sampling.Inference;
import java.util.Random;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The arithmetic of {@link Sampling}, for every layer that makes a mask of logits. */
record Sampler(Sampling sampling) {
    /** Keeps uniform draws off 0 and 1, where the logistic quantile is infinite. */
    private static final double MARGIN = 0x1p-30;

    /**
     * The mask of a pass, with its sparsity loss added to the network's.
     *
     * @param logits [N, 1, H', W'], or null where the sampling predicts nothing
     * @param shape the mask's shape from the shapes of the layer's inputs
     */
    SDVariable mask(BlockGraph graph, SDVariable logits, BlockGraph.NoiseShape shape) {
        if (!sampling.predicts()) {
            return grid(graph, shape);
        }
        boolean isRelu = sampling.getGate() == Gate.RELU;
        if (sampling.getSparsityWeight() > 0) {
            SDVariable activity = isRelu ? relu(logits) : sigmoid(logits);
            graph.auxiliaryLoss(activity.mean().mul(sampling.getSparsityWeight()));
        }
        SDVariable mask = isRelu ? relu(logits).sub(relu(logits.sub(1))) : sampled(graph, logits, shape);
        if (sampling.getGridInterval() != null) {
            SDVariable grid = grid(graph, shape);
            mask = mask.mul(grid.rsub(1)).add(grid);
        }
        return graph.training() || sampling.getDenseFrom() == null ? mask : denseFrom(sampling.getDenseFrom(), mask);
    }

    /** All of an image whose mask samples so much of it. */
    private static SDVariable denseFrom(double share, SDVariable mask) {
        SDVariable density = mask.gt(0).castTo(mask.dataType()).mean(true, 1, 2, 3);
        SDVariable whole = density.gte(share).castTo(mask.dataType());
        return mask.mul(whole.rsub(1)).add(whole);
    }

    private SDVariable sampled(BlockGraph graph, SDVariable logits, BlockGraph.NoiseShape shape) {
        SDVariable noisy = isNoisy(graph.training()) ? logits.add(noise(graph, shape)) : logits;
        if (graph.training()) {
            SDVariable soft = sigmoid(noisy.div(temperature(graph)));
            return sampling.isStraightThrough() ? withGradientOf(soft, binary(noisy)) : soft;
        }
        return sampling.isSoftInference()
                ? sigmoid(noisy.div(sampling.getInferenceTemperature())).mul(binary(noisy))
                : binary(noisy);
    }

    private boolean isNoisy(boolean training) {
        return sampling.getGate() == Gate.STOCHASTIC && (training || sampling.getInference() == Inference.SAMPLED);
    }

    private SDVariable temperature(BlockGraph graph) {
        return graph.passValue(
                "temperature",
                1,
                pass -> Nd4j.createFromArray(
                        Math.max(Sampling.COLDEST, sampling.getTemperature().valueAt(pass.iteration(), pass.epoch()))));
    }

    private SDVariable noise(BlockGraph graph, BlockGraph.NoiseShape shape) {
        return graph.passValue("noise", 4, pass -> {
            long[] maskShape = shape.of(pass.inputShapes());
            return logistic(
                    graph.training() ? Nd4j.rand(DataType.DOUBLE, maskShape) : repeatable(maskShape[2], maskShape[3]));
        });
    }

    /** Uniform draws [1, 1, H', W'] from the seed, by Java's generator, which is the same everywhere. */
    private INDArray repeatable(long height, long width) {
        double[] draws = new Random(sampling.getSeed()).doubles(height * width).toArray();
        return Nd4j.createFromArray(draws).reshape(1, 1, height, width);
    }

    /** The logistic distribution's quantiles. */
    private static INDArray logistic(INDArray uniform) {
        INDArray inside = uniform.mul(1 - 2 * MARGIN).addi(MARGIN);
        return Transforms.log(inside.div(inside.rsub(1)), false);
    }

    private SDVariable grid(BlockGraph graph, BlockGraph.NoiseShape shape) {
        return graph.passValue("grid", 4, pass -> grid(shape.of(pass.inputShapes())));
    }

    private INDArray grid(long[] maskShape) {
        int height = Math.toIntExact(maskShape[2]);
        int width = Math.toIntExact(maskShape[3]);
        float[] masks = new float[Math.toIntExact(maskShape[0] * height * width)];
        int interval = sampling.getGridInterval();
        for (int row = 0; row < masks.length / width; row++) {
            for (int x = 0; row % height % interval == 0 && x < width; x += interval) {
                masks[row * width + x] = 1;
            }
        }
        return Nd4j.createFromArray(masks).reshape(maskShape);
    }

    private static SDVariable binary(SDVariable noisy) {
        return noisy.gte(0).castTo(noisy.dataType());
    }

    /** The value of {@code hard}, to the last bit, with the gradient of {@code soft}. */
    private static SDVariable withGradientOf(SDVariable soft, SDVariable hard) {
        return constant(hard).add(soft.sub(constant(soft)));
    }

    private static SDVariable constant(SDVariable x) {
        return new StopGradient(x.getSameDiff(), x).outputVariable();
    }

    private static SDVariable sigmoid(SDVariable x) {
        return x.getSameDiff().nn().sigmoid(x);
    }

    private static SDVariable relu(SDVariable x) {
        return x.getSameDiff().nn().relu(x, 0);
    }
}
