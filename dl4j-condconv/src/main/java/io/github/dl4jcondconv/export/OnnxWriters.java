package io.github.dl4jcondconv.export;

import java.util.List;

/** What can be exported: finds the writer of a vertex, layer, preprocessor or activation. */
final class OnnxWriters {
    private static final WriterTable TABLE = new WriterTable();

    static {
        StockLayers.addTo(TABLE);
        OwnLayers.addTo(TABLE);
        GraphParts.addTo(TABLE);
        Activations.addTo(TABLE);
    }

    private OnnxWriters() {}

    /** Writes with the table's writer, or records that there is none. */
    static Value write(Object config, List<Value> inputs, VertexScope scope) {
        OnnxWriter<Object> writer = TABLE.find(config.getClass());
        if (writer == null) {
            scope.reject(config, "no ONNX form of it is known");
            return inputs.get(0).withRank(Value.UNKNOWN).withTransposed(false);
        }
        return writer.write(config, inputs, scope);
    }

    /** What the configuration says about its first input. */
    static InputShape inputShape(Object config) {
        OnnxWriter<Object> writer = TABLE.find(config.getClass());
        return writer == null ? InputShape.AS_CONSUMERS : writer.inputShape(config);
    }

    /** What the configuration says about its inputs 1, 2, ... */
    static InputShape furtherInputShape(Object config) {
        OnnxWriter<Object> writer = TABLE.find(config.getClass());
        return writer == null ? InputShape.AS_CONSUMERS : writer.furtherInputShape(config);
    }
}
