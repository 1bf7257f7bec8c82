package io.github.dl4jcondconv.export;

import static io.github.dl4jcondconv.export.OnnxOp.Type.FLOAT;
import static io.github.dl4jcondconv.export.OnnxOp.Type.GRAPH;
import static io.github.dl4jcondconv.export.OnnxOp.Type.INT;
import static io.github.dl4jcondconv.export.OnnxOp.Type.INTS;
import static io.github.dl4jcondconv.export.OnnxOp.Type.STRING;

import java.util.Map;

/**
 * The ONNX operators that the exporter writes, as opset {@value #OPSET} defines them: name, number of inputs and
 * attributes. An operator that grew an attribute or moved one to an input in a later opset keeps its form here.
 */
enum OnnxOp {
    ABS("Abs", 1, 1),
    ADD("Add", 2, 2),
    AVERAGE_POOL("AveragePool", 1, 1, windowAnd("count_include_pad", INT)),
    BATCH_NORMALIZATION("BatchNormalization", 5, 5, Map.of("epsilon", FLOAT)),
    CAST("Cast", 1, 1, Map.of("to", INT)),
    CLIP("Clip", 1, 3),
    CONCAT("Concat", 1, OnnxOp.ANY, Map.of("axis", INT)),
    CONSTANT_OF_SHAPE("ConstantOfShape", 1, 1),
    CONV("Conv", 2, 3, windowAnd("dilations", INTS, "group", INT)),
    CONV_TRANSPOSE("ConvTranspose", 2, 3, windowAnd("dilations", INTS, "output_padding", INTS)),
    DIV("Div", 2, 2),
    ELU("Elu", 1, 1, Map.of("alpha", FLOAT)),
    EQUAL("Equal", 2, 2),
    EXP("Exp", 1, 1),
    FLATTEN("Flatten", 1, 1, Map.of("axis", INT)),
    GATHER("Gather", 2, 2),
    GEMM("Gemm", 2, 3),
    GREATER("Greater", 2, 2),
    GREATER_OR_EQUAL("GreaterOrEqual", 2, 2),
    HARD_SIGMOID("HardSigmoid", 1, 1, Map.of("alpha", FLOAT, "beta", FLOAT)),
    IDENTITY("Identity", 1, 1),
    LEAKY_RELU("LeakyRelu", 1, 1, Map.of("alpha", FLOAT)),
    LESS("Less", 2, 2),
    LP_POOL("LpPool", 1, 1, windowAnd("p", INT)),
    LRN("LRN", 1, 1, Map.of("alpha", FLOAT, "beta", FLOAT, "bias", FLOAT, "size", INT)),
    MATMUL("MatMul", 2, 2),
    MAX("Max", 1, OnnxOp.ANY),
    MAX_POOL("MaxPool", 1, 1, windowAnd("dilations", INTS)),
    MEAN("Mean", 1, OnnxOp.ANY),
    MIN("Min", 1, OnnxOp.ANY),
    MOD("Mod", 2, 2),
    MUL("Mul", 2, 2),
    PAD("Pad", 2, 3),
    POW("Pow", 2, 2),
    PRELU("PRelu", 2, 2),
    RANGE("Range", 3, 3),
    REDUCE_L2("ReduceL2", 1, 1, Map.of("axes", INTS, "keepdims", INT)),
    REDUCE_MAX("ReduceMax", 1, 1, Map.of("axes", INTS, "keepdims", INT)),
    REDUCE_MEAN("ReduceMean", 1, 1, Map.of("axes", INTS, "keepdims", INT)),
    REDUCE_SUM("ReduceSum", 2, 2, Map.of("keepdims", INT)),
    RELU("Relu", 1, 1),
    RESHAPE("Reshape", 2, 2),
    RESIZE("Resize", 3, 4, Map.of("mode", STRING, "nearest_mode", STRING, "coordinate_transformation_mode", STRING)),
    SCAN("Scan", 1, OnnxOp.ANY, Map.of("body", GRAPH, "num_scan_inputs", INT)),
    SELU("Selu", 1, 1),
    SHAPE("Shape", 1, 1),
    SIGMOID("Sigmoid", 1, 1),
    SIGN("Sign", 1, 1),
    SLICE("Slice", 3, 5),
    SOFTMAX("Softmax", 1, 1, Map.of("axis", INT)),
    SOFTPLUS("Softplus", 1, 1),
    SOFTSIGN("Softsign", 1, 1),
    SPACE_TO_DEPTH("SpaceToDepth", 1, 1, Map.of("blocksize", INT)),
    SPLIT("Split", 1, 2, Map.of("axis", INT)),
    SQRT("Sqrt", 1, 1),
    SQUEEZE("Squeeze", 1, 2),
    SUB("Sub", 2, 2),
    SUM("Sum", 1, OnnxOp.ANY),
    TANH("Tanh", 1, 1),
    THRESHOLDED_RELU("ThresholdedRelu", 1, 1, Map.of("alpha", FLOAT)),
    TRANSPOSE("Transpose", 1, 1, Map.of("perm", INTS)),
    UNSQUEEZE("Unsqueeze", 2, 2),
    WHERE("Where", 3, 3);

    /** The version of the operator set that the files ask for. */
    static final int OPSET = 13;

    private static final int ANY = Integer.MAX_VALUE;

    /** What kind of value an attribute takes. */
    enum Type {
        INT,
        INTS,
        FLOAT,
        STRING,
        GRAPH
    }

    private final String onnxName;
    private final int minInputs;
    private final int maxInputs;
    private final Map<String, Type> attributes;

    OnnxOp(String onnxName, int minInputs, int maxInputs) {
        this(onnxName, minInputs, maxInputs, Map.of());
    }

    OnnxOp(String onnxName, int minInputs, int maxInputs, Map<String, Type> attributes) {
        this.onnxName = onnxName;
        this.minInputs = minInputs;
        this.maxInputs = maxInputs;
        this.attributes = attributes;
    }

    String onnxName() {
        return onnxName;
    }

    void checkInputs(int count) {
        if (count < minInputs || count > maxInputs) {
            throw new IllegalArgumentException(onnxName + " takes "
                    + (maxInputs == ANY ? "at least " + minInputs : minInputs + " to " + maxInputs) + " inputs, got "
                    + count);
        }
    }

    void checkAttribute(String name, Type type) {
        if (attributes.get(name) != type) {
            throw new IllegalArgumentException(
                    onnxName + " has no attribute " + name + " of type " + type + ", only " + attributes);
        }
    }

    private static Map<String, Type> windowAnd(String name, Type type) {
        return Map.of("kernel_shape", INTS, "strides", INTS, "pads", INTS, "auto_pad", STRING, name, type);
    }

    private static Map<String, Type> windowAnd(String name1, Type type1, String name2, Type type2) {
        return Map.of(
                "kernel_shape", INTS, "strides", INTS, "pads", INTS, "auto_pad", STRING, name1, type1, name2, type2);
    }
}
