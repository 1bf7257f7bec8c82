package io.github.dl4jcondconv.export;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.activations.IActivation;

/**
 * Configuration class to writer. A class has to be in it itself, since a subclass may compute something else.
 */
final class WriterTable {
    private final Map<Class<?>, OnnxWriter<?>> writers = new HashMap<>();

    /** The writer of the objects of a class, or null. */
    @SuppressWarnings("unchecked") // add() stores each class with a writer of that class
    OnnxWriter<Object> find(Class<?> type) {
        return (OnnxWriter<Object>) writers.get(type);
    }

    <T> void add(Class<T> type, OnnxWriter<? super T> writer) {
        writers.put(type, writer);
    }

    <T> void addUnary(Class<T> type, OnnxWriter.Unary<T> writer) {
        add(type, writer);
    }

    /** Adds a layer that reads images of as many channels as there are. */
    <L> void addOnImages(Class<L> type, OnnxWriter.Unary<L> writer, Function<L, CNN2DFormat> format) {
        addOnImages(type, writer, layer -> (long) InputShape.ASK, format);
    }

    /** Adds a layer that reads images of a number of channels. */
    <L> void addOnImages(
            Class<L> type, OnnxWriter.Unary<L> writer, Function<L, Long> channels, Function<L, CNN2DFormat> format) {
        add(type, new OnnxWriter.Unary<L>() {
            @Override
            public Value write(L layer, Value input, VertexScope scope) {
                return writer.write(layer, input, scope);
            }

            @Override
            public InputShape inputShape(L layer) {
                return InputShape.images(channels.apply(layer), format.apply(layer));
            }
        });
    }

    /** Adds an activation function that is an ONNX operator without attributes. */
    <A extends IActivation> void addOperator(Class<A> type, OnnxOp op) {
        addUnary(type, (function, x, scope) -> x.withTensor(scope.op(op, x.tensor())));
    }
}
