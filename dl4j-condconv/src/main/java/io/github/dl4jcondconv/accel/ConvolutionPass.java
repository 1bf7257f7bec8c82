package io.github.dl4jcondconv.accel;

import static io.github.dl4jcondconv.onednn.Argument.ADDEND;
import static io.github.dl4jcondconv.onednn.Argument.BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_BIAS;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_DST;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_SRC;
import static io.github.dl4jcondconv.onednn.Argument.DIFF_WEIGHTS;
import static io.github.dl4jcondconv.onednn.Argument.DST;
import static io.github.dl4jcondconv.onednn.Argument.SRC;
import static io.github.dl4jcondconv.onednn.Argument.WEIGHTS;

import io.github.dl4jcondconv.onednn.Argument;
import io.github.dl4jcondconv.onednn.Convolution;
import io.github.dl4jcondconv.onednn.Eltwise;
import io.github.dl4jcondconv.onednn.Kernel;
import io.github.dl4jcondconv.onednn.Layout;
import io.github.dl4jcondconv.onednn.Memory;
import io.github.dl4jcondconv.onednn.PostOps;
import io.github.dl4jcondconv.onednn.Reorder;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** A convolution on memory in any layouts, copied to and from those that its kernels want where they differ. */
record ConvolutionPass(Convolution convolution) {

    /**
     * @param weights in any layout
     * @param bias or null
     */
    void forward(PostOps after, Memory src, Memory weights, Memory bias, Memory dst) {
        // The training kernel at inference too: the other one wants weights in a form that takes longer to make
        Kernel kernel = convolution.forward(true, after);
        run(
                kernel,
                forwardArguments(kernel, src, LaidOutWeights.copy(kernel.layout(WEIGHTS), weights), bias),
                DST,
                dst);
    }

    /** The same with weights that are laid out once. */
    void forward(PostOps after, Memory src, FixedWeights weights, Memory bias, Memory dst) {
        Kernel kernel = convolution.forward(false, after);
        run(kernel, forwardArguments(kernel, src, weights.in(kernel.layout(WEIGHTS)), bias), DST, dst);
    }

    /** activation(src * weights + bias + addend) at inference. */
    void forwardAndAdd(
            Eltwise.Function activation, Memory src, FixedWeights weights, Memory bias, Memory addend, Memory dst) {
        Kernel kernel = convolution.forward(false, PostOps.addThen(addend.layout(), activation));
        Map<Argument, Memory> arguments = forwardArguments(kernel, src, weights.in(kernel.layout(WEIGHTS)), bias);
        arguments.put(ADDEND, addend);
        run(kernel, arguments, DST, dst);
    }

    private static Map<Argument, Memory> forwardArguments(Kernel kernel, Memory src, Memory weights, Memory bias) {
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(SRC, Reorder.to(kernel.layout(SRC), src));
        arguments.put(WEIGHTS, weights);
        if (bias != null) {
            arguments.put(BIAS, bias);
        }
        return arguments;
    }

    void backwardData(Memory diffDst, Memory weights, Memory diffSrc) {
        backwardData(diffDst, layout -> LaidOutWeights.copy(layout, weights), diffSrc);
    }

    /** @param weights gives them in a layout */
    void backwardData(Memory diffDst, Function<Layout, Memory> weights, Memory diffSrc) {
        Kernel kernel = convolution.backwardData();
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(DIFF_DST, Reorder.to(kernel.layout(DIFF_DST), diffDst));
        arguments.put(WEIGHTS, weights.apply(kernel.layout(WEIGHTS)));
        run(kernel, arguments, DIFF_SRC, diffSrc);
    }

    /** @param diffBias or null */
    void backwardWeights(Memory src, Memory diffDst, Memory diffWeights, Memory diffBias) {
        Kernel kernel = convolution.backwardWeights();
        if (DepthwiseGradient.replaces(kernel)) {
            new DepthwiseGradient(convolution.window()).write(src, diffDst, diffWeights, diffBias);
            return;
        }
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        arguments.put(SRC, Reorder.to(kernel.layout(SRC), src));
        arguments.put(DIFF_DST, Reorder.to(kernel.layout(DIFF_DST), diffDst));
        if (diffBias != null) {
            arguments.put(DIFF_BIAS, diffBias);
        }
        Layout laidOut = kernel.layout(DIFF_WEIGHTS);
        boolean direct = diffWeights.layout().equals(laidOut);
        Memory written = direct ? diffWeights : LaidOutWeights.in(laidOut);
        arguments.put(DIFF_WEIGHTS, written);
        kernel.run(arguments);
        if (!direct) {
            LaidOutWeights.copyBack(written, diffWeights);
        }
    }

    /** Runs a kernel whose result {@code output} goes to {@code target}. */
    static void run(Kernel kernel, Map<Argument, Memory> arguments, Argument output, Memory target) {
        boolean direct = target.layout().equals(kernel.layout(output));
        Memory written = direct ? target : Memory.allocate(kernel.layout(output));
        arguments.put(output, written);
        kernel.run(arguments);
        if (!direct) {
            Reorder.copy(written, target);
        }
    }
}
