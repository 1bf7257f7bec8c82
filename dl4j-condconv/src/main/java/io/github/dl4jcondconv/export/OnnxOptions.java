package io.github.dl4jcondconv.export;

import io.github.dl4jcondconv.layers.Mixing;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import lombok.With;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Options of an export. Immutable; start from {@link #DEFAULT}.
 *
 * @param overwrite whether an existing file is replaced; otherwise it is an error
 * @param inputTypes types of network inputs, by name. A graph does not remember the types it was built with; where none
 *     is given here, channels and layout are taken from the layers behind the input, and height and width stay open
 * @param mixing what the file does for layers whose kernel depends on the example (CondConv, WeightNet), whatever the
 *     layer's own setting:
 *     <ul>
 *       <li>{@code KERNELS}: mixes each example's kernel and convolves once with it, in a Scan over the examples or,
 *           where the kernel is 1x1, as a product of matrices
 *       <li>{@code OUTPUTS}: convolves with every expert and sums the weighed results. Nothing but convolutions with
 *           fixed weights and no loop: for runtimes that know no other
 *       <li>{@code AUTO}, the default: the faster one in ONNX Runtime 1.23 on a CPU, where with 8 experts {@code OUTPUTS}
 *           was measured 1.1 to 15 times slower than {@code KERNELS}, 6 in the middle. It is {@code OUTPUTS} where that costs no more
 *           multiplications (one expert; WeightNet with m = g dividing the channels) and for depthwise layers of up to
 *           4 experts, whose loop costs more than it saves
 *     </ul>
 * @param deterministicSampling whether masks that are sampled at inference, which needs noise of the image's size, are
 *     written in their deterministic form, all positions with a probability of at least 1/2. Otherwise such a layer is an
 *     error, since the file would not compute what {@code graph.output} does
 */
@With
public record OnnxOptions(
        boolean overwrite, Map<String, InputType> inputTypes, Mixing mixing, boolean deterministicSampling) {
    /** Nothing is overwritten; batch, height and width are open; mixing by cost; no sampled masks. */
    public static final OnnxOptions DEFAULT = new OnnxOptions(false, Map.of(), Mixing.AUTO, false);

    /** Copies the map. */
    public OnnxOptions {
        inputTypes = Map.copyOf(inputTypes);
        Objects.requireNonNull(mixing, "mixing");
    }

    /**
     * These options, with the type of a network input given: an image type fixes height and width in the file.
     *
     * @param input name of the network input
     * @param type {@code feedForward}, {@code convolutional} or {@code convolutionalFlat}
     */
    public OnnxOptions withInputType(String input, InputType type) {
        Map<String, InputType> types = new HashMap<>(inputTypes);
        types.put(Objects.requireNonNull(input, "input"), Objects.requireNonNull(type, "type"));
        return withInputTypes(types);
    }
}
