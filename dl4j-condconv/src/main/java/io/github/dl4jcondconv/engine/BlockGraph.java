package io.github.dl4jcondconv.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a layer sees while it states its mathematics, once for training and once for inference
 * ({@link SameDiffBlock#define}). State goes in as a value and comes out as a value: {@link #parameter} gives the
 * running statistic before the step, {@link #updateState} takes the one after it.
 */
public final class BlockGraph {
    private final SameDiff sameDiff;
    private final DataType dataType;
    private final boolean training;
    private final List<SDVariable> inputs;
    private final Map<String, SDVariable> parameters;
    private final SDVariable mask;
    private final List<Integer> sizes;

    final Map<String, SDVariable> stateSteps = new LinkedHashMap<>();
    final Map<String, PassValue> passValues = new LinkedHashMap<>();
    final Map<String, String> exposed = new HashMap<>();
    final List<SDVariable> auxiliaryLosses = new ArrayList<>();

    /** The shape of a noise array, from the shapes of the inputs of this pass. */
    @FunctionalInterface
    public interface NoiseShape {
        /**
         * @param inputShapes the shape of every input, in order
         * @return the shape to draw
         */
        long[] of(List<long[]> inputShapes);
    }

    /** A value that is computed outside of the graph, from what is known when a pass starts. */
    @FunctionalInterface
    public interface PassValue {
        /** The value for this pass, of any data type. */
        INDArray of(Pass pass);
    }

    /**
     * What is known when a pass starts.
     *
     * @param inputShapes the shape of every input, in order
     * @param iteration the optimiser steps that the network has taken, which saved models carry
     * @param epoch the epochs that it has completed
     */
    public record Pass(List<long[]> inputShapes, int iteration, int epoch) {}

    BlockGraph(
            SameDiff sameDiff,
            DataType dataType,
            boolean training,
            List<SDVariable> inputs,
            Map<String, SDVariable> parameters,
            SDVariable mask,
            List<Integer> sizes) {
        this.sameDiff = sameDiff;
        this.dataType = dataType;
        this.training = training;
        this.inputs = inputs;
        this.parameters = parameters;
        this.mask = mask;
        this.sizes = sizes;
    }

    /** The graph to define operations in. */
    public SameDiff sameDiff() {
        return sameDiff;
    }

    /** The network's data type. */
    public DataType dataType() {
        return dataType;
    }

    /** True in a training pass; false at inference, in frozen layers too. */
    public boolean training() {
        return training;
    }

    /** The first (usually the only) input. */
    public SDVariable input() {
        return inputs.get(0);
    }

    /** Input {@code i} of a layer that was added by {@link MultiInputVertex#addLayer}. */
    public SDVariable input(int i) {
        return inputs.get(i);
    }

    /** A parameter or a running statistic by name. */
    public SDVariable parameter(String name) {
        SDVariable found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException("no parameter \"" + name + "\": there are " + parameters.keySet());
        }
        return found;
    }

    /** The input mask, [N, 1, H, W] or broadcastable to it, or null where this pass has none. */
    public SDVariable mask() {
        return mask;
    }

    /** What the layer's {@link SameDiffBlock#definingSizes} gave for this pass. */
    public List<Integer> definingSizes() {
        return sizes;
    }

    /**
     * Sets what a running statistic becomes after this training step. Ignored at inference. The value must not depend
     * on the statistic by anything that should be differentiated: no gradient flows through it.
     */
    public void updateState(String name, SDVariable newValue) {
        if (training) {
            // DL4J subtracts gradient views from parameters, so a state moves to newValue by this "gradient"
            stateSteps.put(name, parameter(name).sub(newValue));
        }
    }

    /**
     * Uniform noise in [0, 1), drawn once per forward pass from ND4J's random generator and seen unchanged by the
     * backward pass.
     */
    public SDVariable uniformNoise(String name, int rank, NoiseShape shape) {
        return passValue(name, rank, pass -> Nd4j.rand(shape.of(pass.inputShapes())));
    }

    /**
     * A value such as noise, a scheduled number or a pattern of the image's size: computed once per forward pass, cast to
     * the network's data type and seen unchanged by the backward pass. No gradient flows through it.
     */
    public SDVariable passValue(String name, int rank, PassValue value) {
        passValues.put(name, value);
        return sameDiff.placeHolder(name, dataType, unknownShape(rank));
    }

    /**
     * Adds a scalar loss, given as the mean over the batch, to the network's score and gradient in training. A network's
     * score at inference does not have it.
     */
    public void auxiliaryLoss(SDVariable batchMean) {
        if (training) {
            auxiliaryLosses.add(batchMean);
        }
    }

    /** Makes a variable known to {@link InferencePass#value}, for layers that compute part of a pass by themselves. */
    public void expose(String name, SDVariable variable) {
        exposed.put(name, sameDiff.identity(variable).name());
    }

    /** The size of {@code x} along a dimension in this pass, as a vector of length 1. */
    public SDVariable size(SDVariable x, int dimension) {
        return sameDiff.stridedSlice(sameDiff.shape(x), new long[] {dimension}, new long[] {dimension + 1}, 1);
    }

    /**
     * A shape to reshape to, of sizes that are known (numbers) and sizes of this pass (from {@link #size}).
     *
     * @param sizes numbers, of which one may be -1, and vectors of length 1
     */
    public SDVariable shape(Object... sizes) {
        SDVariable[] parts = new SDVariable[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            parts[i] = sizes[i] instanceof SDVariable v
                    ? v
                    : sameDiff.constant(Nd4j.createFromArray(((Number) sizes[i]).longValue()));
        }
        return sameDiff.concat(0, parts);
    }

    List<String> trainedParameters() {
        return parameters.values().stream()
                .filter(v -> v.getVariableType() == VariableType.VARIABLE)
                .map(SDVariable::name)
                .toList();
    }

    static long[] unknownShape(int rank) {
        long[] shape = new long[rank];
        Arrays.fill(shape, -1);
        return shape;
    }
}
