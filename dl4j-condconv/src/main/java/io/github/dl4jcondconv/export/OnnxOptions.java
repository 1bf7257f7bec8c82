package io.github.dl4jcondconv.export;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Options of an export. Immutable; start from {@link #DEFAULT}.
 *
 * @param overwrite whether an existing file is replaced; otherwise it is an error
 * @param inputTypes types of network inputs, by name. A graph does not remember the types it was built with; where none
 *     is given here, channels and layout are taken from the layers behind the input, and height and width stay open
 */
public record OnnxOptions(boolean overwrite, Map<String, InputType> inputTypes) {
    /** Nothing is overwritten; batch, height and width are open. */
    public static final OnnxOptions DEFAULT = new OnnxOptions(false, Map.of());

    /** Copies the map. */
    public OnnxOptions {
        inputTypes = Map.copyOf(inputTypes);
    }

    /** These options, with an existing file replaced or not. */
    public OnnxOptions withOverwrite(boolean value) {
        return new OnnxOptions(value, inputTypes);
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
        return new OnnxOptions(overwrite, types);
    }
}
