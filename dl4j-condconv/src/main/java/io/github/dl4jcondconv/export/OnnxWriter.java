package io.github.dl4jcondconv.export;

import java.util.List;

/**
 * Writes one kind of vertex, layer, preprocessor or activation as ONNX nodes.
 *
 * @param <T> the configuration class it understands; {@link OnnxWriters} is the table
 */
@FunctionalInterface
interface OnnxWriter<T> {
    /**
     * Adds the nodes and returns their result. What cannot be written is reported through
     * {@link VertexScope#reject}; the result does not matter then.
     */
    Value write(T config, List<Value> inputs, VertexScope scope);

    /** What the configuration says about its input; by default only what the vertices behind it say. */
    default InputShape inputShape(T config) {
        return InputShape.AS_CONSUMERS;
    }

    /** What the configuration says about its inputs 1, 2, ...; by default the same as about the first. */
    default InputShape furtherInputShape(T config) {
        return inputShape(config);
    }

    /**
     * A writer of something with one input.
     *
     * @param <T> the configuration class
     */
    @FunctionalInterface
    interface Unary<T> extends OnnxWriter<T> {
        Value write(T config, Value input, VertexScope scope);

        @Override
        default Value write(T config, List<Value> inputs, VertexScope scope) {
            return write(config, inputs.get(0), scope);
        }
    }
}
